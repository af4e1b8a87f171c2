"""A SIP telephone of our own: it registers, rings, answers, dials, and is heard as a tone.

A desk phone with the secret that the centre has given out, the outside party behind a trunk, or a stranger.
Signalling is plain SIP over UDP; what it says and hears is a `Caller`'s.
"""

from __future__ import annotations

import hashlib
import queue
import re
import secrets
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from .caller import Caller
from .patience import PATIENCE_S

Headers = list[tuple[str, str]]


class Message:
    def __init__(self, packet: bytes) -> None:
        head, _, self.body = packet.decode(errors="replace").partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.headers: Headers = [
            (name.strip(), value.strip()) for name, _, value in (it.partition(":") for it in lines)
        ]

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def status(self) -> int:
        """0 of a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.start.split()[0]

    @property
    def media(self) -> tuple[str, int] | None:
        found = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        return ("127.0.0.1", int(found[1])) if found else None


class Phone(Caller):
    transport = "UDP"

    def __init__(
        self,
        folder: Path,
        sip_port: int,
        user: str,
        secret: str = "",
        *,
        host: str = "127.0.0.3",
        port: int = 0,
        tone: int = 600,
        refuses: int = 0,
        centre: str = "127.0.0.1",
    ) -> None:
        """`refuses`: the status with which it turns every call away, at once."""
        super().__init__(folder, sip_port, number=user, tone=tone)
        self._user, self._secret, self._refuses = user, secret, refuses
        self._centre = (centre, sip_port)
        self._door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._door.bind((host, port))
        self._door.settimeout(0.2)
        self._at = "{}:{}".format(*self._door.getsockname())
        self._answers: queue.Queue[Message] = queue.Queue()
        self._sending = threading.Lock()
        self._tag = secrets.token_hex(4)
        self._cseq = 0
        self._talking: threading.Thread | None = None
        self._dialogue_headers: Headers = []
        self._target = ""
        self.rung: Message | None = None
        """The call that came last."""
        self.asked = threading.Event()
        """Some call has come, and was not answered."""
        self.ended = threading.Event()
        """The far side has hung up."""

    def __enter__(self) -> Phone:
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._receive, self._listen)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.hang_up()
        self._over.set()
        for thread in [*self._threads, *([self._talking] if self._talking else [])]:
            thread.join(2)
        self._door.close()
        self._socket.close()

    # --- what a phone does

    def register(self, expires_s: int = 300) -> int:
        """The last answer's status."""
        to = f"<sip:{self._user}@{self._centre[0]}>"
        more = [("Contact", f"<sip:{self._user}@{self._at}>"), ("Expires", str(expires_s))]
        return self._ask("REGISTER", f"sip:{self._centre[0]}:{self._centre[1]}", to, more).status

    def call(self, number: str) -> int:
        """The final answer's status: 200 while talking."""
        uri = f"sip:{number}@{self._centre[0]}:{self._centre[1]}"
        more = [("Contact", f"<sip:{self._user}@{self._at}>"), ("Content-Type", "application/sdp")]
        answer = self._ask("INVITE", uri, f"<{uri}>", more, self._offer())
        if answer.status == 200:
            self._dialogue_headers = [(name, answer[name]) for name in ("From", "To", "Call-ID")]
            self._target = answer["Contact"].strip("<>")
            self._begin(answer)
        return answer.status

    def wait_again(self, within_s: float = PATIENCE_S) -> Message:
        """The next call, when the one before is over."""
        self.ended.clear()
        return self.wait_ringing(within_s)

    def wait_ringing(self, within_s: float = PATIENCE_S) -> Message:
        self._until(self.asked.is_set, within_s, "was not rung")
        assert self.rung is not None
        return self.rung

    def answer(self) -> None:
        invite = self.wait_ringing()
        more = [("Contact", f"<sip:{self._user}@{self._at}>"), ("Content-Type", "application/sdp")]
        self._respond(invite, "200 OK", more, self._offer())
        self._dialogue_headers = [
            ("From", f"{invite['To']};tag={self._tag}"),
            ("To", invite["From"]),
            ("Call-ID", invite["Call-ID"]),
        ]
        self._target = invite["Contact"].strip("<>")
        self._begin(invite)
        self.asked.clear()

    def hang_up(self) -> None:
        if self._far is not None:
            self._far = None
            self._send_request("BYE", self._target, self._dialogue_headers)

    def wait_over(self, within_s: float = PATIENCE_S) -> None:
        self._until(self.ended.is_set, within_s, "still has a call")

    @property
    def talking(self) -> bool:
        return self._far is not None

    # --- requests of ours

    def _ask(self, method: str, uri: str, to: str, more: Headers, body: str = "") -> Message:
        """With the credentials, when asked for them."""
        dialogue = [
            ("From", f"<sip:{self._user}@{self._at}>;tag={secrets.token_hex(4)}"),
            ("To", to),
            ("Call-ID", secrets.token_hex(12)),
        ]
        answer = self._final(method, uri, dialogue, more, body)
        if answer.status in (401, 407) and self._secret:
            proxy = answer.status == 407
            challenge = answer["Proxy-Authenticate" if proxy else "WWW-Authenticate"]
            name, proof = "Proxy-Authorization" if proxy else "Authorization", self._proof(method, uri, challenge)
            answer = self._final(method, uri, dialogue, [*more, (name, proof)], body)
        return answer

    def _final(self, method: str, uri: str, dialogue: Headers, more: Headers, body: str) -> Message:
        cseq, branch = self._send_request(method, uri, dialogue + more, body)
        end = time.monotonic() + PATIENCE_S
        while True:
            answer = self._answers.get(timeout=max(0.01, end - time.monotonic()))
            if answer["CSeq"] != f"{cseq} {method}" or answer.status < 200:
                continue
            if method == "INVITE":
                confirmed = [(name, answer[name]) for name in ("From", "To", "Call-ID")]
                accepted = answer.status == 200
                target = answer["Contact"].strip("<>") if accepted else uri
                self._send_request("ACK", target, confirmed, cseq=cseq, branch="" if accepted else branch)
            return answer

    def _send_request(
        self, method: str, uri: str, headers: Headers, body: str = "", cseq: int = 0, branch: str = ""
    ) -> tuple[int, str]:
        if not cseq:
            self._cseq = cseq = self._cseq + 1
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        via = f"SIP/2.0/{self.transport} {self._at};rport;branch={branch}"
        every = [("Via", via), *headers, ("CSeq", f"{cseq} {method}"), ("Max-Forwards", "70")]
        self._put(f"{method} {uri} SIP/2.0", every, body)
        return cseq, branch

    def _proof(self, method: str, uri: str, challenge: str) -> str:
        """RFC 2617, MD5."""
        asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
        ha1 = _md5(f"{self._user}:{asked['realm']}:{self._secret}")
        ha2, cnonce = _md5(f"{method}:{uri}"), secrets.token_hex(8)
        proof = _md5(f"{ha1}:{asked['nonce']}:00000001:{cnonce}:auth:{ha2}")
        return (
            f'Digest username="{self._user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
            f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="{cnonce}"'
            + (f', opaque="{asked["opaque"]}"' if "opaque" in asked else "")
        )

    # --- what arrives

    def _receive(self) -> None:
        while not self._over.is_set():
            try:
                packet = self._door.recv(16384)
            except TimeoutError:
                continue
            except OSError:
                return
            self._take(packet)

    def _take(self, packet: bytes) -> None:
        if len(packet) < 20:  # keep-alive
            return
        message = Message(packet)
        if message.status:
            self._answers.put(message)
        else:
            self._asked(message)

    def _asked(self, message: Message) -> None:
        known = self.rung is not None and self.rung["Call-ID"] == message["Call-ID"]
        match message.method:
            case "INVITE" if ";tag=" in message["To"]:
                self._respond(message, "200 OK", [("Content-Type", "application/sdp")], self._offer())
            case "INVITE" if not known and not self._refuses:
                self.rung = message
                self._respond(message, "180 Ringing")
                self.asked.set()
            case "INVITE" if not known:
                self.rung = message
                self._respond(message, f"{self._refuses} No")
                self.asked.set()
            case "CANCEL":
                self._respond(message, "200 OK")
                if self.rung is not None and known:
                    self._respond(self.rung, "487 Request Terminated")
                    self.ended.set()
            case "BYE":
                self._respond(message, "200 OK")
                self._far = None
                self.ended.set()
            case "OPTIONS" | "NOTIFY" | "UPDATE":
                self._respond(message, "200 OK")

    def _respond(self, to: Message, words: str, more: Headers | None = None, body: str = "") -> None:
        tag = "" if ";tag=" in to["To"] else f";tag={self._tag}"
        same = [("Via", via) for via in to.all("Via")] + [("Record-Route", it) for it in to.all("Record-Route")]
        same += [("From", to["From"]), ("To", to["To"] + tag), ("Call-ID", to["Call-ID"]), ("CSeq", to["CSeq"])]
        self._put(f"SIP/2.0 {words}", same + (more or []), body)

    def _put(self, start: str, headers: Headers, body: str) -> None:
        lines = [start, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}", "", body]
        with self._sending:
            self._send_out("\r\n".join(lines).encode())

    def _send_out(self, packet: bytes) -> None:
        self._door.sendto(packet, self._centre)

    # --- media

    def _offer(self) -> str:
        return "\r\n".join(
            (
                "v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
                f"m=audio {self._rtp_port} RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000",
                "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "",
            )
        )  # fmt: skip

    def _begin(self, message: Message) -> None:
        self._far = message.media
        self._talking = threading.Thread(target=self._talk, daemon=True)
        self._talking.start()

    def _find_far(self) -> None:
        """The signalling has told."""


class WebPhone(Phone):
    """Signalling of a browser's phone, over a socket that is open already; its media never comes about."""

    transport = "WS"

    def __init__(self, folder: Path, sip_port: int, user: str, secret: str, socket: ClientConnection) -> None:
        super().__init__(folder, sip_port, user, secret)
        self._web = socket

    def _receive(self) -> None:
        with suppress(ConnectionClosed):
            for frame in self._web:
                self._take(frame.encode() if isinstance(frame, str) else frame)

    def _send_out(self, packet: bytes) -> None:
        self._web.send(packet.decode())

    def _offer(self) -> str:
        return "\r\n".join(
            (
                "v=0", "o=web 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 8 101",
                "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", f"a=ice-pwd:{secrets.token_hex(12)}", "a=setup:actpass",
                f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}", "a=mid:0", "a=rtcp-mux", "a=sendrecv",
                "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "",
            )
        )  # fmt: skip


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
