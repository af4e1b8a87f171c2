"""What a file would do, told before it does it: who would be new, who is known, whose number is somebody else's.

The database is asked a batch at a time and nothing is written, so what earlier rows of the same file would have made
is remembered here: as numbers, eight bytes a row, not as customers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..model import PHONE, Record
from ..upserting import Upserted
from .table import Row


@dataclass
class Foreseen:
    counts: Counter[str] = field(default_factory=Counter)
    """`new`, `changed`, `same`, `shared`."""
    _rows: dict[int, int] = field(default_factory=dict)
    """Who is new by an earlier row → what it said."""
    _phones: dict[int, int] = field(default_factory=dict)
    """Whose a phone of the file is."""

    def take(self, good: Sequence[tuple[Row, Record]], told: Sequence[Upserted]) -> None:
        """Those of a batch, and what `foresee` said of them; refused ones count elsewhere."""
        for (row, record), it in zip(good, told, strict=True):
            if it.outcome == "refused":
                continue
            who, outcome = _who(record), it.outcome
            if outcome == "new" or who in self._rows:
                said = hash(tuple(row.cells))
                if who in self._rows:
                    outcome = "same" if self._rows[who] == said else "changed"
                self._rows[who] = said
            self.counts[outcome] += 1
            self.counts["shared"] += it.shared or self._shares(record, who)

    def _shares(self, record: Record, who: int) -> bool:
        phones = [hash(it.value) for it in record.identities if it.kind == PHONE]
        return any(self._phones.setdefault(phone, who) != who for phone in phones)


def _who(record: Record) -> int:
    return hash(record.external_id or record.identities[0][:2])
