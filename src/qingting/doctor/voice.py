"""Telephony: is there an Asterisk, can it be reached, can it be heard from outside."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import struct
from pathlib import Path

from ..config import Config
from ..machine import own_addresses
from ..speech.espeak import Espeak
from ..speech.port import SpeechFailed
from ..telephony.asterisk.layout import Layout
from ..telephony.asterisk.modules import MODULES, OPTIONAL
from ..telephony.asterisk.process import AsteriskProcess
from ..telephony.asterisk.provision import find
from . import ports
from .check import Checks, fail, ok, warn
from .edge import is_loopback

STUN_S = 2.0
PORTS_OF_A_CALL = 4
"""RTP and RTCP for each of two parties."""
CALLS_LEAST = 50
_COOKIE = 0x2112A442


def asterisk(config: Config) -> Checks:
    if not config.voice.enabled:
        yield ok("asterisk", "voice is switched off (voice.enabled)")
        return
    found = find(config.runtime)
    if found is None:
        mend = "make setup (unpacks Debian's packages as any user), or install Asterisk 22.4, 20.14 or newer"
        yield fail("asterisk", "none that is new enough", mend)
        return
    missing = [name for name in MODULES if name not in OPTIONAL and not (found.modules / name).exists()]
    pid = _engine_pid(config)
    words = f"{found.version} ({found.origin}), {len(MODULES) - len(missing)} modules"
    words += f", runs as process {pid}" if pid else ", not running now"
    if missing:
        mend = "install asterisk-modules" if found.origin == "system" else "remove .runtime/asterisk, then make setup"
        yield fail("asterisk", f"{words}; missing: {', '.join(missing[:5])}", mend)
    else:
        yield ok("asterisk", words)


def ports_of(config: Config) -> list[tuple[str, str, int, str]]:
    """(what, address, port, kind) that Asterisk opens."""
    voice = config.voice
    wanted = [
        ("SIP", voice.sip_host, voice.sip_port, "udp"),
        ("SIP", voice.sip_host, voice.sip_port, "tcp"),
        ("ARI", "127.0.0.1", voice.http_port, "tcp"),
        ("AMI", "127.0.0.1", voice.ami_port, "tcp"),
    ]
    if voice.sip_tls_port:
        wanted.append(("SIP over TLS", voice.sip_host, voice.sip_tls_port, "tcp"))
    return wanted


def check_ports(config: Config) -> Checks:
    if not config.voice.enabled:
        return
    engine, free, ours, bad = _engine_pid(config), 0, 0, False
    for what, host, port, kind in ports_of(config):
        where = f"{what} {host}:{port}/{kind}"
        try:
            taken = ports.taken(host, port, kind)
        except OSError as e:
            bad = True
            yield fail("voice ports", f"{where} cannot be used: {e.strerror}", "mend voice.sip_host or the port")
            continue
        found = ports.owner(port, kind) if taken else None
        if not taken:
            free += 1
        elif engine and (found is None or found[0] == engine):
            ours += 1
        else:
            bad = True
            by = f" by {found[1]} (process {found[0]})" if found else ""
            yield fail("voice ports", f"{where} is taken{by}", "end that, or set another in [voice]")
    if not bad:
        yield ok("voice ports", f"{free} free" + (f", {ours} in use by our Asterisk" if ours else ""))


def rtp(config: Config) -> Checks:
    voice = config.voice
    if not voice.enabled:
        return
    first, last = voice.rtp_first, voice.rtp_last
    if not 1024 <= first < last <= 65535:
        yield fail("rtp", f"{first}-{last} is no range of ports", "set voice.rtp_first and voice.rtp_last")
        return
    calls = (last - first + 1) // PORTS_OF_A_CALL
    words = f"ports {first}-{last}: {calls} calls at once"
    inside = [port for _, _, port, kind in ports_of(config) if kind == "udp" and first <= port <= last]
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    if inside:
        yield fail("rtp", f"{first}-{last} contains the SIP port {inside[0]}", "keep them apart")
    elif calls < CALLS_LEAST:
        yield warn("rtp", words, "widen voice.rtp_first to voice.rtp_last (and the firewall)")
    elif first <= high and last >= low:
        mend = f"keep out of {low}-{high}, which this machine gives to programs at will"
        yield warn("rtp", words, mend)
    else:
        yield ok("rtp", words)


def nat(config: Config) -> Checks:
    voice = config.voice
    if not voice.enabled:
        return
    outside = not is_loopback(config.host)
    if is_loopback(voice.sip_host):
        if outside:
            words = f"pages are served on {config.host}, but audio stays on loopback"
            yield warn("nat", words, "set voice.sip_host to an address of this machine (0.0.0.0: all)")
        else:
            yield ok("nat", "telephony on loopback only: trunks and phones elsewhere cannot reach it")
        return
    addresses = [ipaddress.ip_address(address) for address in own_addresses()]
    public = any(address.is_global for address in addresses)
    external = voice.external_address
    if external and _resolved(external) is None:
        yield fail("nat", f"voice.external_address {external} is no address", "name the address the outside sees")
    elif external and not voice.local_networks:
        words = f"outside we are {external}, but no network is named as inside"
        yield warn("nat", words, "set voice.local_networks, e.g. 192.168.0.0/16, so that phones there hear us")
    elif not external and not public:
        words = "this machine has private addresses only"
        yield warn("nat", words, "behind NAT set voice.external_address (else only this network hears us)")
    elif voice.turn and not voice.turn_username:
        yield warn("nat", "a TURN server without user name", "set voice.turn_username")
    else:
        yield ok("nat", f"outside we are {external}" if external else "a public address of our own")


def stun(config: Config) -> Checks:
    voice = config.voice
    if not voice.enabled or not voice.stun:
        return
    try:
        seen = _ask_stun(voice.stun)
    except OSError as e:
        mend = "check voice.stun (host:port) and that UDP may leave; without it remote browsers may hear nothing"
        yield warn("stun", f"{voice.stun} does not answer ({type(e).__name__})", mend)
        return
    external = _resolved(voice.external_address) if voice.external_address else None
    if external and external != seen:
        mend = "mend voice.external_address, unless calls leave another way than this"
        yield warn("stun", f"{voice.stun} sees us as {seen}, not as {external}", mend)
    else:
        yield ok("stun", f"{voice.stun} sees us as {seen}")


def speech(config: Config) -> Checks:
    try:
        spoken = asyncio.run(_speak())
    except (SpeechFailed, OSError) as e:
        mend = "make setup; until then only recorded prompts are heard"
        yield fail("speech", f"the speech worker does not speak: {e}", mend)
        return
    yield ok("speech", f"speaks Chinese and English ({spoken / 1000:.0f} kB for two greetings)")


async def _speak() -> int:
    engine = Espeak()
    try:
        return len(await engine.say("您好", "zh")) + len(await engine.say("Hello", "en"))
    finally:
        await engine.close()


def _engine_pid(config: Config) -> int | None:
    found = find(config.runtime)
    if found is None:
        return None
    return AsteriskProcess(found, Layout.of(config.data)).pid()


def _resolved(name: str) -> str | None:
    try:
        return str(socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)[0][4][0])
    except OSError:
        return None


def _ask_stun(server: str) -> str:
    """Our address as it sees it (RFC 8489 binding request)."""
    host, _, port = server.removeprefix("stun:").partition(":")
    transaction = secrets.token_bytes(12)
    address = socket.getaddrinfo(host, int(port or 3478), type=socket.SOCK_DGRAM)[0]
    with socket.socket(address[0], socket.SOCK_DGRAM) as asking:
        asking.settimeout(STUN_S)
        asking.connect(address[4])
        asking.send(struct.pack(">HHI", 0x0001, 0, _COOKIE) + transaction)
        answer = asking.recv(1500)
    if len(answer) < 20 or answer[8:20] != transaction:
        raise ConnectionError("not an answer to what was asked")
    at = 20
    while at + 4 <= len(answer):
        kind, size = struct.unpack_from(">HH", answer, at)
        value = answer[at + 4 : at + 4 + size]
        if kind == 0x0020 and len(value) in (8, 20):
            key = struct.pack(">I", _COOKIE) + transaction
            return str(ipaddress.ip_address(bytes(a ^ b for a, b in zip(value[4:], key, strict=False))))
        at += 4 + size + -size % 4
    raise ConnectionError("an answer without an address")
