"""`qingting doctor`: every part in one line, and how to mend it. Nothing is changed, nothing waits for long."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import structlog

from .. import observability
from ..config import Config
from ..errors import QingtingError
from . import edge, machine, parts, relay, sites, storage, voice
from .check import Check, Checks, fail

PARTS: tuple[tuple[str, Callable[[Config], Checks]], ...] = (
    ("data", storage.data_folder),
    ("journal", storage.journal),
    ("records", storage.records),
    ("keys", storage.keys),
    ("disk", storage.space),
    ("spool", storage.spool),
    ("clock", machine.clock),
    ("limits", machine.limits),
    ("core", machine.core),
    ("ui", edge.ui),
    ("web port", edge.web_port),
    ("parts", parts.running),
    ("certificate", edge.certificate),
    ("mail", edge.mail),
    ("asterisk", voice.asterisk),
    ("voice ports", voice.check_ports),
    ("rtp", voice.rtp),
    ("nat", voice.nat),
    ("sip tls", voice.tls),
    ("sites", sites.sites),
    ("stun", relay.stun),
    ("turn", relay.turn),
    ("speech", voice.speech),
)


def checks(config: Config) -> list[Check]:
    return list(_each(config))


def report(config: Config, *, as_json: bool = False) -> int:
    """Print all checks as they come; 1 when one has failed, else 0."""
    if not structlog.is_configured():
        observability.configure_logging("warning", stream=sys.stderr)
    failed, said = False, []
    for check in _each(config):
        failed = failed or check.state == "fail"
        said.append(check._asdict())
        if not as_json:
            sys.stdout.write(f"{check}\n")
            sys.stdout.flush()
    if as_json:
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    return int(failed)


def _each(config: Config) -> Iterator[Check]:
    for name, part in PARTS:
        try:
            yield from part(config)
        except QingtingError as e:
            yield fail(name, e.message, "")
        except Exception as e:
            # A check that breaks is a finding as well, and must not hide the others.
            yield fail(name, f"could not be checked: {type(e).__name__}: {e}", "")


__all__ = ["Check", "checks", "report"]
