"""Telephony: is there an Asterisk, can it be reached, can it be heard from outside."""

from __future__ import annotations

import asyncio
import ipaddress
from pathlib import Path

from ..config import Config
from ..machine import own_addresses, resolved
from ..speech import standard
from ..speech.engines import prompt_store
from ..speech.port import ANY, Speech, SpeechFailed
from ..speech.prompts import PromptStore
from ..telephony.asterisk.configure import SYSTEM_AUTHORITIES
from ..telephony.asterisk.layout import Layout
from ..telephony.asterisk.modules import MODULES, OPTIONAL
from ..telephony.asterisk.process import AsteriskProcess
from ..telephony.asterisk.provision import find
from . import ports
from .check import Check, Checks, fail, ok, warn
from .edge import is_loopback

PORTS_OF_A_CALL = 4
"""RTP and RTCP for each of two parties."""
CALLS_LEAST = 50


def asterisk(config: Config) -> Checks:
    if not config.voice.enabled:
        yield ok("asterisk", "voice is switched off (voice.enabled)")
        return
    found = find(config.runtime)
    if found is None:
        mend = "make setup (unpacks Debian's packages as any user), or install Asterisk 20 or newer"
        yield fail("asterisk", "none that is new enough", mend)
        return
    missing = [name for name in MODULES if name not in OPTIONAL and not (found.modules / name).exists()]
    pid = engine_pid(config)
    words = f"{found.version} ({found.origin}), {len(MODULES) - len(missing)} modules"
    words += f", runs as process {pid}" if pid else ", not running now"
    if not found.answers_on_socket:
        words += ", requests by HTTP (newer ones take them on one socket, which costs less)"
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
    engine, free, ours, bad = engine_pid(config), 0, 0, False
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


def tls(config: Config) -> Checks:
    voice = config.voice
    if not voice.enabled:
        return
    if voice.sip_tls_port and not config.tls:
        mend = "set tls (auto, or certificate and key): callers over TLS must be shown a certificate"
        yield fail("sip tls", f"port {voice.sip_tls_port} without a certificate", mend)
        return
    trust = Path(voice.sip_tls_trust or SYSTEM_AUTHORITIES)
    if voice.sip_tls_trust == "any":
        mend = "name the authority of your trunks in voice.sip_tls_trust"
        yield warn("sip tls", "trunks over TLS need not prove their names", mend)
    elif not trust.is_file():
        mend = "install ca-certificates, or name the authority of your trunks in voice.sip_tls_trust"
        yield warn("sip tls", f"{trust} is not there: no trunk over TLS is believed", mend)
    elif voice.sip_tls_port:
        yield ok("sip tls", f"port {voice.sip_tls_port}; trunks prove their names by {trust}")


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
    if external and not resolved(external):
        yield fail("nat", f"voice.external_address {external} is no address", "name the address the outside sees")
    elif external and not voice.local_networks:
        words = f"outside we are {external}, but no network is named as inside"
        yield warn("nat", words, "set voice.local_networks, e.g. 192.168.0.0/16, so that phones there hear us")
    elif not external and not public:
        words = "this machine has private addresses only"
        yield warn("nat", words, "behind NAT set voice.external_address (else only this network hears us)")
    else:
        yield ok("nat", f"outside we are {external}" if external else "a public address of our own")


def speech(config: Config) -> Checks:
    """Which engine speaks, and whether each of our languages has a voice."""
    yield from asyncio.run(_speech(prompt_store(config)))


async def _speech(prompts: PromptStore) -> list[Check]:
    found = []
    *first, bundled = prompts.engines
    try:
        for engine in first:
            mute = await _mute(engine)
            if engine_failed := mute.pop("", ""):
                words = f"{engine_failed}; {bundled.name} speaks in its place"
                found.append(warn("speech", words, "look at the engine and at [speech] of the settings"))
            else:
                named = f"; {bundled.name} for {', '.join(sorted(mute))}" if mute else ""
                found.append(ok("speech", f"{engine.name} speaks{named}"))
        mute = await _mute(bundled)
        if failed := mute.pop("", ""):
            mend = "make setup; until then only recorded prompts are heard"
            found.append(fail("speech", f"the speech worker does not speak: {failed}", mend))
        elif mute:
            words = f"{bundled.name} has no voice for {', '.join(sorted(mute))}"
            found.append(warn("speech", words, "record the prompts of these languages"))
        else:
            found.append(ok("speech", f"{bundled.name} speaks {', '.join(standard.LANGUAGES)}"))
    finally:
        await prompts.close()
    return found


async def _mute(engine: Speech) -> dict[str, str]:
    """Languages of ours that it has no voice for; under no name why it does not speak at all."""
    try:
        voices = await engine.languages()
        mute = {each: "" for each in standard.LANGUAGES if not voices & {each, ANY}}
        for language in standard.LANGUAGES:
            if language not in mute:
                await engine.say(standard.STANDARD["goodbye"][language], language)
    except (SpeechFailed, OSError) as e:
        return {"": str(e)}
    return mute


def engine_pid(config: Config) -> int | None:
    found = find(config.runtime)
    if found is None:
        return None
    return AsteriskProcess(found, Layout.of(config.data)).pid()
