"""An explained contact for a terminal, in Chinese or English: the words of the contact's page, then what only the
journal knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ...contexts.contacts.api import MEDIA, OUTCOMES, Both, duration, in_words
from .explain import Explained, Offer
from .phrases import CLASSES, PHRASES, STRATEGIES, WHY_NOT
from .situation import Class, Situation

Named = Callable[[str, str], str]
"""(kind, id) → name; kinds as in the configuration: `agents`, `queues`, `skills`, `sites`, `reasons`."""


def report(told: Explained, language: str, zone: ZoneInfo, named: Named) -> str:
    """`language`: `zh` or `en`."""
    return "\n".join(_Report(language, zone, named).lines(told))


class _Report:
    def __init__(self, language: str, zone: ZoneInfo, named: Named) -> None:
        self._language, self._zone, self._named = language, zone, named

    def lines(self, told: Explained) -> Iterator[str]:
        yield self._say(
            "contact",
            contact=told.contact,
            medium=self._of(MEDIA, told.medium),
            at=self._instant(told.arrived),
            entry=told.entry or "–",
        )
        if told.outcome:
            yield self._say("outcome", outcome=self._of(OUTCOMES, told.outcome), waited=self._long(told.waited_s))
        if not told.offers:
            yield self._say("no_offers")
        yield ""
        for step in told.steps:
            if words := step.en if self._language == "en" else step.zh:
                yield f"{self._instant(step.at)}  {words}"
            if step.offer >= 0:
                yield from self._offer(told.offers[step.offer], step.offer + 1, len(told.offers))
                yield ""
        yield ""
        yield self._say("folded", folded=f"{told.folded:,}", snapshot=f"{told.from_snapshot:,}")

    def _offer(self, offer: Offer, n: int, of: int) -> Iterator[str]:
        yield "  " + self._say(
            "offer",
            n=n,
            of=of,
            queue=self._named("queues", offer.queue) if offer.queue else "–",
            seq=offer.seq,
            command=offer.command,
        )
        for sentence in in_words(offer.why, self._named)[self._language]:
            yield f"  · {sentence}"
        if offer.situation is not None:
            yield from self._worth(offer, offer.situation)
            yield from self._needs(offer.situation)
            yield from self._members(offer.situation)
            yield from self._candidates(offer.situation)
            yield from self._others(offer.situation)

    # --- the visit ---------------------------------------------------------------------------------------

    def _worth(self, offer: Offer, seen: Situation) -> Iterator[str]:
        yield "  " + self._say("place", place=seen.place, waiting=seen.waiting, waited=self._long(seen.waited_s))
        parts = [("by_queue", "", offer.worth.queue_s)]
        parts += [("by_rule", rule, seconds) for rule, seconds in offer.worth.rules.items()]
        parts += [("otherwise", "", offer.worth.otherwise_s)]
        parts += [("by_relaxing", "", seen.relaxed_s), ("by_boost", "", seen.boost_s)]
        shown = [self._say(part, rule=rule, seconds=f"{seconds:+g}") for part, rule, seconds in parts if seconds]
        if shown:
            yield "  " + self._say("worth", seconds=f"{seen.rank_s:g}", parts=self._list(shown))
        if seen.attributes:
            known = [f"{name}={value}" for name, value in seen.attributes.items()]
            yield "  " + self._say("known", known=self._list(known))

    def _needs(self, seen: Situation) -> Iterator[str]:
        asked = self._skills(seen.asked) or self._say("nothing")
        needs = self._skills(seen.needs) or self._say("nothing")
        if seen.asked != seen.needs:
            yield "  " + self._say("needs_less", asked=asked, needs=needs)
        else:
            yield "  " + self._say("needs", needs=needs)
        if seen.sites:
            yield "  " + self._say("sites", sites=self._list([self._named("sites", site) for site in seen.sites]))
        if seen.exclude:
            yield "  " + self._say("exclude", agents=self._list([self._person(agent) for agent in seen.exclude]))
        if seen.prefer:
            yield "  " + self._say("prefer", agent=self._person(seen.prefer))
        if seen.next_step_s is not None and seen.next_step_s > 0:
            yield "  " + self._say("next_step", step=seen.step + 1, of=seen.steps, left=self._long(seen.next_step_s))

    # --- who could have it -------------------------------------------------------------------------------

    def _members(self, seen: Situation) -> Iterator[str]:
        yield "  " + self._say("members", members=f"{seen.members:,}")
        for group in seen.classes:
            some = self._list([self._person(agent) for agent in group.agents])
            more = "" if group.count <= len(group.agents) else " …"
            yield f"    {group.count:>6,}  {self._class(group)}: {some}{more}"

    def _class(self, group: Class) -> str:
        if group.why == "skill":
            skill, _, level = group.detail.rpartition(" ")
            return self._of(CLASSES, "skill").format(skill=self._named("skills", skill), level=level)
        if group.why == "not_ready" and group.detail:
            return f"{self._of(CLASSES, 'not_ready')} ({self._named('reasons', group.detail)})"
        if group.why == "site":
            return f"{self._of(CLASSES, 'site')} ({self._named('sites', group.detail) or '–'})"
        return self._of(CLASSES, group.why)

    def _candidates(self, seen: Situation) -> Iterator[str]:
        if not seen.candidates:
            return
        yield "  " + self._say("candidates", strategy=self._of(STRATEGIES, seen.strategy))
        for n, one in enumerate(seen.candidates, 1):
            facts = [self._say("idle", idle=self._long(one.idle_s))]
            if seen.strategy == "least_occupied":
                facts.append(self._say("occupied", share=f"{one.occupied:.0%}"))
            if seen.strategy == "fewest_contacts":
                facts.append(self._say("today", n=one.today))
            levels = self._skills(one.levels)
            yield f"    {n:>3}. {self._person(one.agent)}  {self._list([*([levels] if levels else []), *facts])}"

    def _others(self, seen: Situation) -> Iterator[str]:
        if not seen.others:
            return
        yield "  " + self._say("others")
        for other in seen.others:
            key = "earlier" if other.later_s < 0 else "later"
            why = f", {self._of(WHY_NOT, other.why_not)}" if other.why_not else ""
            yield "    " + self._say(
                key,
                visit=other.visit,
                queue=self._named("queues", other.queue),
                medium=self._of(MEDIA, other.medium),
                waited=self._long(other.waited_s),
                by=self._long(abs(other.later_s)),
                why=why,
            )

    # --- words -------------------------------------------------------------------------------------------

    def _say(self, phrase: str, **values: object) -> str:
        return self._of(PHRASES, phrase).format(**values)

    def _of(self, words: dict[str, Both], key: str) -> str:
        found = words.get(key)
        return key if found is None else found[self._language == "en"]

    def _list(self, parts: list[str]) -> str:
        return ("，" if self._language == "zh" else ", ").join(parts)

    def _long(self, seconds: float) -> str:
        return duration(seconds)[self._language == "en"]

    def _instant(self, at: float) -> str:
        return datetime.fromtimestamp(at, self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def _person(self, agent: str) -> str:
        name = self._named("agents", agent)
        return agent if name == agent else f"{name} ({agent})"

    def _skills(self, skills: tuple[tuple[str, int], ...]) -> str:
        return self._list([f"{self._named('skills', skill)} {level}" for skill, level in skills])
