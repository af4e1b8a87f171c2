"""How a call comes in: whose it is, and the first moments in which the journal does not know of it yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from ...core import commands as c
from ...errors import Refused, Unavailable
from ...journal.port import PersonalData
from ...observability import refused
from ...telephony import port as t
from .. import names
from ..live import Live
from .needs import Directory, Waiting

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Arriving:
    number: str
    gone: str = ""
    """Why, once they went meanwhile."""


class Arrivals:
    def __init__(
        self, telephony: t.Telephony, lives: Mapping[str, Live], directory: Directory, dialogues: Waiting
    ) -> None:
        self.refused: dict[str, int] = {}
        """Calls that were turned away, by code, since the start."""
        self._telephony = telephony
        self._lives = lives
        self._directory = directory
        self._dialogues = dialogues
        self._arriving: dict[str, _Arriving] = {}
        """By leg, until the journal's word that they came."""

    def number(self, leg: str) -> str | None:
        """Of who comes right now, in E.164, empty when withheld; None for any other leg."""
        arriving = self._arriving.get(leg)
        return None if arriving is None else arriving.number

    def gone(self, leg: str, cause: str) -> None:
        """Before anybody knew of it; nothing for any other leg."""
        if (arriving := self._arriving.get(leg)) is not None:
            arriving.gone = cause

    async def arrived(self, event: t.LegArrived) -> None:
        door = await self._directory.door(
            dialled=event.dialled, caller=event.asserted or event.caller, source=event.source
        )
        if door is None or door.tenant not in self._lives:
            await self._turn_away(event.leg, "unknown_number", "zh")
            return
        contact = names.contact_of_leg(event.leg)
        live = self._lives[door.tenant]
        flow, version = await self._directory.flow(door.tenant, door.entry)
        ready = await self._dialogues.ready(door.tenant, flow, version)
        party = "p" + contact
        # A browser has no number: what its leg carries is the name of a credential.
        raw = "" if event.source.startswith("web:") else event.caller[:80]
        who = {"number": door.caller, "raw": raw, "withheld": not door.caller, "source": event.source}
        arriving = self._arriving[event.leg] = _Arriving(door.caller)
        arrives = c.ContactArrives(
            contact=contact,
            journey=contact,
            medium="voice",
            direction="in",
            entry=door.entry,
            line=door.line,
            site=door.site,
            language=door.language,
            party=party,
            leg=event.leg,
        )
        cause, personal = f"leg:{event.leg}", [PersonalData(party, "caller", "routing", who)]
        try:
            if ready:
                # The first step of self-service is decided in the same turn, and one commit serves both.
                live.decide(arrives, cause, personal)
                leg, language = event.leg, door.language
                await self._dialogues.start(contact, leg, door.tenant, flow, version, language, known=False)
            else:
                await live.submit(arrives, cause, personal)
        except Refused:
            log.info("voice.arrived_again", contact=contact)
        except Unavailable:
            await self._turn_away(event.leg, "technical_trouble", door.language)
        finally:
            self._arriving.pop(event.leg, None)
            if arriving.gone:
                live.post(c.ContactEnds(contact, "customer"), arriving.gone)

    async def _turn_away(self, leg: str, why: str, language: str) -> None:
        """A polite no, in words, and counted. `why` is the standard prompt's name."""
        self.count_refused(why)
        log.warning("voice.turned_away", why=why, leg=leg)
        try:
            await self._telephony.progress(leg)
            await self._dialogues.say(leg, why, language)
            await self._telephony.hang_up(leg, "unknown_number" if why == "unknown_number" else "rejected")
        except (t.LegGone, t.EngineUnavailable):
            log.info("voice.turned_away_left", leg=leg)

    def count_refused(self, why: str, times: int = 1) -> None:
        self.refused[why] = self.refused.get(why, 0) + times
        refused.labels(f"call.{why}").inc(times)
