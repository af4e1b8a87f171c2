"""The results for a terminal: tables, and bars short enough to stand in them."""

from __future__ import annotations

from collections.abc import Sequence

from . import results as r
from .hours import Hours
from .measures import Row
from .results import Results

BAR = " ▁▂▃▄▅▆▇█"


def report(of: Results, intervals: bool = True) -> str:
    total = of.total()
    parts = [_head(of), _queues(of, total)]
    if total.overflowed or total.callbacks or total.across or total.escalated:
        parts.append(_sent_on(of, total))
    if intervals:
        parts.append(_day(of))
    parts += [_agents(of), _sure(of), _definitions(of, total)]
    if of.refused:
        said = ", ".join(f"{code} {count}" for code, count in sorted(of.refused.items()))
        parts.append(f"Refused by the core: {said}")
    return "\n\n".join(parts)


def _head(of: Results) -> str:
    s = of.scenario
    pace = of.contacts / of.seconds if of.seconds else 0.0
    return (
        f"{s.name}\n"
        f"{of.days} day(s), seed {of.seed}: {of.contacts:,} contacts, {s.agents:,} agents, {len(s.queues)} queue(s); "
        f"{of.seconds:.1f} s ({pace:,.0f} contacts/s)"
    )


def _queues(of: Results, total: Row) -> str:
    head = (
        "queue",
        "offered",
        "answered",
        "aband.",
        "short",
        "flow-out",
        "SL",
        "target",
        "ASA",
        "P90",
        "AHT",
        "waits by time of day",
    )
    rows: list[Sequence[str]] = [head]
    intervals = of.intervals()
    for queue in of.scenario.queues:
        row = of.queue(queue.name)
        waits = [r.ratio(x.wait, x.answered) for x in (of.rows.get((queue.name, i), Row()) for i in intervals)]
        target = f"{queue.service_level_target:.0%} {queue.service_level_s:g} s"
        rows.append((queue.name, *_visits(row, target), _bars(waits)))
    if len(of.scenario.queues) > 1:
        rows.append(("all", *_visits(total, ""), ""))
    return _table(rows)


def _sent_on(of: Results, total: Row) -> str:
    """What a queue did not serve itself, or not alone."""
    rows: list[Sequence[str]] = [
        ("sent on", "overflowed", "callbacks", "reached", "across sites", "second line", "of answered")
    ]
    for name, row in [*((queue.name, of.queue(queue.name)) for queue in of.scenario.queues), ("all", total)]:
        share = _share(r.ratio(row.escalated, row.answered))
        counts = (row.overflowed, row.callbacks, row.called_back, row.across, row.escalated)
        rows.append((name, *(f"{count:,}" for count in counts), share))
    return _table(rows)


def _visits(row: Row, target: str) -> tuple[str, ...]:
    return (
        f"{row.offered:,}",
        _share(r.ratio(row.answered, row.offered)),
        _share(r.ratio(row.abandoned, row.offered)),
        _share(r.ratio(row.short, row.offered)),
        _share(r.ratio(row.flow_out, row.offered)),
        _share(r.service_level(row)),
        target,
        _seconds(r.ratio(row.wait, row.answered)),
        _seconds(r.percentile(row, 0.9)),
        _seconds(r.ratio(row.talk + row.hold + row.wrap_up, row.handled)),
    )


def _day(of: Results) -> str:
    intervals = [i for i in of.intervals() if of.at(i).offered or i in of.hours]
    most = max((of.at(i).offered for i in intervals), default=0) or 1
    rows: list[Sequence[str]] = [("from", "offered", "a day", "SL", "aband.", "ASA", "P90", "agents", "busy", "")]
    for i in intervals:
        row, hours = of.at(i), of.hours.get(i, Hours())
        signed_in = hours.signed_in / of.scenario.interval_s / of.days
        bar = "█" * round(20 * row.offered / most)
        rows.append(
            (
                of.clock(i),
                f"{row.offered:,}",
                f"{row.offered / of.days:,.0f}",
                _share(r.service_level(row)),
                _share(r.ratio(row.abandoned, row.offered)),
                _seconds(r.ratio(row.wait, row.answered)),
                _seconds(r.percentile(row, 0.9)),
                f"{signed_in:,.0f}",
                _share(r.occupancy(hours)),
                bar,
            )
        )
    return _table(rows)


def _agents(of: Results) -> str:
    rows: list[Sequence[str]] = [("agents", "count", "signed in", "occupancy", "utilisation", "not ready")]
    groups = [(g.name, g.count, of.groups[g.name]) for g in of.scenario.groups[:40]]
    for name, count, hours in [*groups, ("all", of.scenario.agents, of.all_hours())]:
        away = ", ".join(f"{why} {seconds / 3600:,.1f} h" for why, seconds in sorted(hours.away.items()))
        signed_in = f"{hours.signed_in / 3600:,.1f} h"
        rows.append((name, f"{count:,}", signed_in, _share(r.occupancy(hours)), _share(r.utilisation(hours)), away))
    return _table(rows, left=(0, 5))


def _sure(of: Results) -> str:
    if of.days < 2:
        return "One day says little about others: run more days for a range."
    lines = [
        "Over the days: mean ± half of its 95 % confidence interval (each day a replication), least and most day"
    ]
    for name, formula in r.SPREAD.items():
        values = of.over_days(formula)
        sure = r.interval(values)
        if sure is not None:
            show = _seconds if name.endswith("_s") else _fine
            lines.append(
                f"  {name:<15} {show(sure[0]):>9} ± {show(sure[1]):<9} {show(min(values)):>9} … {show(max(values))}"
            )
    return "\n".join(lines)


def _definitions(of: Results, total: Row) -> str:
    lines = ["Service level by definition (T of each queue), all queues"]
    for name, (words, formula) in r.DEFINITIONS.items():
        lines.append(f"  {name:<15} {_share(formula(total)):>7}  {words}")
    lines.append("Waits run from entering the queue to being connected; ASA and P90 are of the answered.")
    return "\n".join(lines)


# --- words -------------------------------------------------------------------------------------------------


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _fine(value: float) -> str:
    return f"{value:.3%}"


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def _bars(values: Sequence[float | None]) -> str:
    most = max((value for value in values if value is not None), default=0.0) or 1.0
    return "".join(" " if value is None else BAR[min(8, 1 + int(7 * value / most))] for value in values).strip()


def _table(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Columns as wide as their widest; numbers to the right, the last column and those `left` to the left."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    last = len(widths) - 1
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if n in left or n == last else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
