"""A what-if for a terminal: the recorded figures beside the estimated ones, by queue, and what was assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ..simulate.hours import Hours
from ..simulate.measures import Row
from ..simulate.results import occupancy, ratio, service_level
from .behaviour import BACK_AFTER_S
from .compare import Compared

Named = Callable[[str, str], str]
"""(kind, id) → name."""
Figure = Callable[[Row, Hours], float | None]

SHOWN: tuple[tuple[str, Figure, str], ...] = (
    ("offered", lambda row, _: row.offered, "count"),
    ("answered", lambda row, _: row.answered, "count"),
    ("service level", lambda row, _: service_level(row), "share"),
    ("ASA", lambda row, _: ratio(row.wait, row.answered), "seconds"),
    ("abandonment", lambda row, _: ratio(row.abandoned, row.offered), "share"),
    ("occupancy", lambda _, hours: occupancy(hours), "share"),
)


def report(of: Compared, zone: ZoneInfo, named: Named) -> str:
    return "\n".join([*_head(of, zone), "", *_table(of, named), "", *_assumptions(of, named), *_odd(of)])


def _head(of: Compared, zone: ZoneInfo) -> Iterator[str]:
    since, until = (datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S") for at in (of.since, of.until))
    yield f"What if: {of.policy.name}"
    yield f"{since} to {until} ({zone.key}), entries {of.first:,} to {of.last:,}; {of.seconds:.1f} s"


def _table(of: Compared, named: Named) -> Iterator[str]:
    rows = [("queue", "", "recorded", "what-if", "difference")]
    for id in sorted(of.recorded.queues.keys() | of.whatif.queues.keys()):
        one, other = (side.queues.get(id, Row()) for side in (of.recorded, of.whatif))
        hours = tuple(side.staffed.get(id, Hours()) for side in (of.recorded, of.whatif))
        rows += _figures(named("queues", id), (one, hours[0]), (other, hours[1]))
    rows += _figures("all", (of.recorded.total(), of.recorded.all), (of.whatif.total(), of.whatif.all))
    widths = [max(_width(row[n]) for row in rows) for n in range(5)]
    for row in rows:
        left = "  ".join(_padded(cell, width) for cell, width in zip(row[:2], widths[:2], strict=True))
        yield "  ".join([left, *(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))])


def _figures(queue: str, one: tuple[Row, Hours], other: tuple[Row, Hours]) -> list[tuple[str, str, str, str, str]]:
    rows = []
    for n, (name, figure, unit) in enumerate(SHOWN):
        before, after = figure(*one), figure(*other)
        rows.append((queue if not n else "", name, _told(before, unit), _told(after, unit), _by(before, after, unit)))
    return rows


def _told(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return {"count": f"{value:,.0f}", "share": f"{value:.1%}", "seconds": f"{value:,.1f} s"}[unit]


def _by(before: float | None, after: float | None, unit: str) -> str:
    if before is None or after is None:
        return ""
    by = after - before
    return {"count": f"{by:+,.0f}", "share": f"{100 * by:+.1f} points", "seconds": f"{by:+,.1f} s"}[unit]


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if ord(char) >= 0x1100 else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


ASSUMED = """\
· the same callers come at the same moments and ask for the same; nobody calls more or less often for it
· who gave up would have given up after the same wait; who was answered, or still waited at the end, never told how
  long they would have waited: from there on they give up at the pace of their queue, whose mean patience is
  {patience}
· a conversation and its wrap-up take as long as recorded, whoever has it (hold is part of it); who was not
  answered then talks as long as some other caller of their queue did
· wrap-up that ran into its limit would fill another limit as well, and an extension that is the policy's; who needs
  longer than a limit asks for the extension that there is
· agents sign in, take breaks and leave at the recorded moments; those who are added do as the one they are like,
  unless they have hours of their own
· an agent meets an offer as they met it then; others, that they did not get then, as they met theirs: picked up,
  declined or missed as often and as soon. After one not taken they are back as soon as then, else after {back} s;
  a phone that answers by itself does after 1 s
· who was handed on unheard is handed on to the same queue or person; a consult or conference is part of the
  conversation, whose colleagues are free meanwhile, and ends with it
· an agent's line that broke breaks after the same talk; whether the customer waits again then is the policy's
· who was called back is reached at the first attempt that an agent takes, whoever is called first
· whom an overflow of the policy leads to a callback is called back and reached as those were; to a message or a box,
  they are gone
· the flow does as recorded: who was taken out of a queue is taken out at the same moment, if they still wait
Service level: answered within the queue's seconds / (answered + abandoned + still waiting longer at the end);
short abandons and flow-outs apart. Occupancy: of the queue's members, whatever queue they worked for."""


def _assumptions(of: Compared, named: Named) -> Iterator[str]:
    known = [
        f"{named('queues', queue)} {waited_s / gave_up:,.0f} s"
        if gave_up
        else f"{named('queues', queue)} without end (nobody gave up)"
        for queue, (waited_s, gave_up) in sorted(of.patience.items())
    ]
    yield "This is an estimate. It assumes:"
    yield ASSUMED.format(patience=", ".join(known) or "not known", back=f"{BACK_AFTER_S:.0f}")


def _odd(of: Compared) -> Iterator[str]:
    if of.left_out:
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(of.left_out.items()))
        yield f"Not carried over, for they depend on who talked with whom: {kinds}"
    if of.refused:
        codes = ", ".join(f"{code} {n}" for code, n in sorted(of.refused.items()))
        yield f"Recorded steps that no longer fitted: {codes}"
