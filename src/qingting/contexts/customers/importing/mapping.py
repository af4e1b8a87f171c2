"""Rows to records. What will not do is told by row, column and code.

An empty cell says nothing: what is known stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from qingting.errors import Invalid

from .. import model
from ..model import Record, Tagged
from .cells import Bad
from .columns import Column, Offered, column
from .formulas import meant
from .table import Row

SHOWN_MOST = 40
"""Characters of a value that a fault repeats."""


class Fault(NamedTuple):
    line: int
    column: str
    """Its head; empty: the whole row."""
    code: str
    value: str
    """Shortened."""


def check(targets: Sequence[str], width: int, own: Offered, how: str = "") -> list[tuple[int, Column]]:
    """The columns that are wanted, and where they stand.

    Raises `Invalid("request.invalid")`, fields `columns` or `columns.3`, and `Invalid("import.no_key")`.
    """
    bad = {}
    wanted: list[tuple[int, Column]] = []
    for i, target in enumerate(targets):
        if not target:
            continue
        made = column(target, own, how)
        if made is None:
            bad[f"columns.{i}"] = "import.field_unknown"
        elif not made.many and target in targets[:i]:
            bad[f"columns.{i}"] = "import.field_twice"
        else:
            wanted.append((i, made))
    if len(targets) != width:
        bad["columns"] = "import.columns_differ"
    if bad:
        raise Invalid("request.invalid", fields=bad)
    if not any(made.key for _, made in wanted):
        raise Invalid("import.no_key", "one column must be an id, a phone number or a mail address")
    return wanted


class Judge:
    """Makes a record of a row, or tells why it cannot."""

    def __init__(
        self, heads: Sequence[str], targets: Sequence[str], own: Offered, tag: str = "", how: str = ""
    ) -> None:
        """`tag` is given to all. Raises as `check`."""
        self._heads = heads
        self._wanted = [(i, made.read, made.tell) for i, made in check(targets, len(heads), own, how)]
        self._tags = [Tagged("business", tag)] if tag else []

    def judge(self, row: Row) -> Record | list[Fault]:
        texts, faults, width = row.cells, [], len(self._heads)
        if len(texts) < width or any(texts[width:]):
            return [Fault(row.line, "", "import.ragged", f"{len(texts)} ≠ {width}")]
        record = Record(identities=[], tags=[*self._tags], addresses=[], consents=[], relations=[])
        for i, read, tell in self._wanted:
            text = texts[i]
            if not text or text.isspace():
                continue
            try:
                if "\ufffd" in text:
                    raise Bad("import.undecodable")
                if (value := read(meant(text))) not in ("", None):
                    tell(record, value)
            except Bad as bad:
                faults.append(Fault(row.line, self._heads[i], bad.code, shortened(text)))
        if not faults:
            if not (record.external_id or record.identities):
                faults.append(Fault(row.line, "", "import.no_identity", ""))
            elif any(len(many) > most for many, most in _most(record)):
                faults.append(Fault(row.line, "", "import.too_much", ""))
        return faults or record


def _most(record: Record) -> Sequence[tuple[Sequence[object], int]]:
    return (
        (record.identities, model.IDENTITIES_MOST),
        (record.tags, model.TAGS_MOST),
        (record.addresses, model.ADDRESSES_MOST),
        (record.relations, model.RELATIONS_MOST),
    )


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_MOST else text[: SHOWN_MOST - 1] + "…"
