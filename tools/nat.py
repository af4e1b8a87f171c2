"""Calls through a real NAT: an engine inside, a carrier outside, a router between them that forwards SIP and RTP.

    sudo make nat        # needs root, iproute2, nftables, coturn, sip-tester

Three network namespaces of this run's own. The carrier outside is strict: it sends audio only where SDP says. Seen
are a call to outside and one from there, audio both ways, the address that STUN tells, and, for comparison, the call
to outside by an engine that was not told of the NAT.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from bench.soak.far_side import FarSide, Party
from tests.contract import tones

from qingting.config import Config, Voice
from qingting.doctor import relay
from qingting.telephony import port
from qingting.telephony.asterisk.engine import Engine

PUBLIC, CARRIER, INSIDE, GATEWAY = "203.0.113.1", "203.0.113.9", "192.168.77.2", "192.168.77.1"
SIP, RTP_FIRST, RTP_LAST, CARRIER_SIP, STUN = 5060, 20000, 20099, 5062, 3478
PROJECT = Path(__file__).parents[1]


# --- the network ------------------------------------------------------------------------------------------


def run(*words: str, quiet: bool = False) -> None:
    subprocess.run(words, check=not quiet, capture_output=quiet)


@contextmanager
def network() -> Iterator[tuple[str, str]]:
    """Names of the namespaces inside and outside."""
    tag = f"qt{os.getpid() % 10000}"
    inside, router, outside = f"{tag}i", f"{tag}r", f"{tag}o"
    try:
        for name in (inside, router, outside):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        for name, address, theirs in (
            (inside, f"{INSIDE}/24", f"{GATEWAY}/24"),
            (outside, f"{CARRIER}/24", f"{PUBLIC}/24"),
        ):
            here, there = f"{name}0", f"{name}1"
            run("ip", "link", "add", here, "netns", name, "type", "veth", "peer", "name", there, "netns", router)
            run("ip", "-n", name, "addr", "add", address, "dev", here)
            run("ip", "-n", router, "addr", "add", theirs, "dev", there)
            run("ip", "-n", name, "link", "set", here, "up")
            run("ip", "-n", router, "link", "set", there, "up")
        run("ip", "-n", inside, "route", "add", "default", "via", GATEWAY)
        run("ip", "netns", "exec", router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        rules = f"""
            table ip nat {{
              chain pre {{
                type nat hook prerouting priority -100;
                iifname "{outside}1" udp dport {{ {SIP}, {RTP_FIRST}-{RTP_LAST} }} dnat to {INSIDE}
              }}
              chain post {{
                type nat hook postrouting priority 100;
                oifname "{outside}1" masquerade
              }}
            }}"""
        subprocess.run(["ip", "netns", "exec", router, "nft", "-f", "-"], input=rules.encode(), check=True)
        yield inside, outside
    finally:
        for name in (inside, router, outside):
            run("ip", "netns", "del", name, quiet=True)


# --- the carrier ------------------------------------------------------------------------------------------


class Carrier(FarSide):
    """Sends its audio where SDP says, and nowhere else."""

    heard = 0
    """Packets of audio that were no silence."""

    def _begin(self, call: str, dialled: re.Match[str] | None, sdp: str) -> Party:
        party = super()._begin(call, dialled, sdp)
        where = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
        if party.far is not None and where is not None:
            party.far = (where[1], party.far[1])
        return party

    def _say(self, party: Party, now: float) -> None:
        with contextlib.suppress(OSError):  # an address that leads nowhere
            super()._say(party, now)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard += len(set(party.door.recv(2000)[12:])) > 8


async def carrier() -> None:
    it = Carrier(CARRIER, CARRIER_SIP)
    await it.open()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await it.close()
    sys.stdout.write(f"{it.heard}\n")


# --- the centre -------------------------------------------------------------------------------------------


async def centre(folder: Path, told: bool) -> dict[str, Any]:
    """Calls out, then waits to be called."""
    voice = Voice(sip_host=INSIDE, sip_port=SIP, rtp_first=RTP_FIRST, rtp_last=RTP_LAST, stun=f"{CARRIER}:{STUN}")
    if told:
        voice = Voice(**{**vars(voice), "external_address": PUBLIC, "local_networks": ("192.168.77.0/24",)})
    config = Config(data=folder, runtime=PROJECT / ".runtime", voice=voice)
    engine = Engine.find(config)
    events: asyncio.Queue[port.TelephonyEvent] = asyncio.Queue()
    telephony = engine.telephony

    async def wait(kind: type[Any]) -> Any:
        async with asyncio.timeout(30):
            while not isinstance(event := await events.get(), kind):
                pass
        return event

    await engine.start()
    try:
        await telephony.start(events.put_nowait)
        await wait(port.EngineUp)
        await telephony.put_trunk(port.Trunk("carrier", CARRIER, CARRIER_SIP, codecs=("alaw", "ulaw")))
        await telephony.ring("o1", "trunk:carrier/1", caller="1", timeout_s=20)
        await wait(port.LegAnswered)
        tone = tones.write(folder / "tone.wav", tones.PROMPT, 30)
        await telephony.play("p1", "o1", [str(tone)])
        await telephony.record("r1", "o1", str(folder / "r.wav"), str(folder / "s.wav"))
        await asyncio.sleep(6)
        await telephony.stop_recording("r1", "o1")
        await wait(port.RecordingEnded)
        await telephony.hang_up("o1")
        result: dict[str, Any] = {"hears_outside": tones.THIRD in heard(folder / "r.wav")}
        if told:
            (check,) = relay.stun(config)
            result["stun"] = check.message
            sys.stdout.write("call me\n")
            sys.stdout.flush()
            arrived = await wait(port.LegArrived)
            await telephony.answer(arrived.leg)
            result["called"] = arrived.dialled
            await wait(port.LegEnded)
        await telephony.stop()
        return result
    finally:
        await engine.stop()


def heard(file: Path) -> set[int]:
    samples = tones.read(file)
    return tones.heard(samples) if np.any(samples) else set()


# --- all of it --------------------------------------------------------------------------------------------


def end(namespace: str, *words: str) -> subprocess.Popen[str]:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-m", "tools.nat", *words]
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def call_in(outside: str, folder: Path) -> str:
    """By sipp; what the centre answered."""
    command = ["sipp", f"{PUBLIC}:{SIP}", "-sn", "uac", "-s", "95588", "-m", "1", "-d", "2000", "-i", CARRIER]
    command += ["-p", str(CARRIER_SIP + 10), "-nostdin", "-trace_msg", "-message_file", str(folder / "sipp.log")]
    subprocess.run(["ip", "netns", "exec", outside, *command], check=True, capture_output=True, timeout=40)
    return (folder / "sipp.log").read_text()


def scene(inside: str, outside: str, folder: Path, told: bool) -> dict[str, Any]:
    folder.mkdir()
    far = end(outside, "--carrier")
    assert far.stdout is not None
    far.stdout.readline()
    stun = ["turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "-L", CARRIER, "--log-file=/dev/null"]
    server = subprocess.Popen(
        ["ip", "netns", "exec", outside, *stun, f"--pidfile={folder / 'turn.pid'}", f"--userdb={folder / 'turn.db'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    near = end(inside, "--centre", str(folder / "data"), *(["--told"] if told else []))
    try:
        assert near.stdout is not None
        words = near.stdout.readline()
        said = ""
        if words == "call me\n":
            time.sleep(0.5)
            said = call_in(outside, folder)
            words = near.stdout.readline()
        result: dict[str, Any] = json.loads(words)
        result["heard_outside"] = int(far.communicate("\n", timeout=20)[0]) > 100
        if told:
            result["contact_is_public"] = f"Contact: <sip:{PUBLIC}:{SIP}" in said
            result["audio_is_public"] = f"c=IN IP4 {PUBLIC}" in said
            result["inner_address_stays_inside"] = INSIDE not in said
        return result
    finally:
        for process in (near, far, server):
            process.kill()
            process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--carrier", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--centre", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--told", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.carrier:
        asyncio.run(carrier())
        return 0
    if asked.centre:
        sys.stdout.write(json.dumps(asyncio.run(centre(asked.centre, asked.told))) + "\n")
        return 0
    if os.geteuid() != 0:
        sys.stderr.write("network namespaces need root: sudo make nat\n")
        return 2
    with tempfile.TemporaryDirectory() as folder, network() as (inside, outside):
        told = scene(inside, outside, Path(folder) / "told", told=True)
        untold = scene(inside, outside, Path(folder) / "untold", told=False)
    sys.stdout.write(json.dumps({"with external_address": told, "without": untold}, indent=1) + "\n")
    good = all(told.values()) and PUBLIC in told["stun"] and not untold["hears_outside"]
    sys.stdout.write("✓ calls pass the NAT both ways\n" if good else "✗ something does not pass: see above\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
