"""What a replay found, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from .replay import Replayed

LONGEST = 400
"""Characters of one event."""


def report(of: Replayed) -> str:
    return "\n".join(_lines(of))


def _lines(of: Replayed) -> Iterator[str]:
    did = "folded" if of.fold_only else "decided again"
    yield f"{of.tenant}: entries {of.first:,} to {of.last:,}, {of.events:,} events {did} in {of.seconds:.1f} s"
    if of.fold_only:
        yield "Only folded: nothing was decided, nothing compared."
    elif of.same:
        yield "Every decision is the same, byte for byte."
    else:
        yield f"{of.different:,} of {of.entries:,} decisions differ; the first {len(of.differences)}:"
    for difference in of.differences:
        yield f"entry {difference.seq}: {str(difference.command)[:LONGEST]}"
        yield from (f"  recorded  {str(event)[:LONGEST]}" for event in difference.recorded)
        if difference.refused:
            yield f"  now       refused ({difference.refused})"
        yield from (f"  now       {str(event)[:LONGEST]}" for event in difference.decided)
    yield f"events {of.events_hash}"
    yield f"state  {of.state_hash}"
