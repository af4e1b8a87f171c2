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
        if len(texts) != width and (len(texts) < width or any(texts[width:])):
            return [Fault(row.line, "", "import.ragged", f"{len(texts)} ≠ {width}")]
        record = Record(identities=[], tags=[*self._tags], addresses=[], consents=[], relations=[], book=[])
        for i, read, tell in self._wanted:
            text = texts[i]
            if not text or text.isspace():
                continue
            try:
                if "\ufffd" in text:
                    raise Bad("import.undecodable")
                value = read(meant(text) if text[0] == "'" else text)
                if value is not None and value != "":
                    tell(record, value)
            except Bad as bad:
                faults.append(Fault(row.line, self._heads[i], bad.code, shortened(text)))
        if not faults:
            if not (record.external_id or record.identities):
                faults.append(Fault(row.line, "", "import.no_identity", ""))
            elif _too_much(record):
                faults.append(Fault(row.line, "", "import.too_much", ""))
        return faults or record


def _too_much(record: Record) -> bool:
    return (
        len(record.identities) > model.IDENTITIES_MOST
        or len(record.tags) > model.TAGS_MOST
        or len(record.addresses) > model.ADDRESSES_MOST
        or len(record.relations) > model.RELATIONS_MOST
        or len(record.book) > model.BOOK_MOST
    )


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_MOST else text[: SHOWN_MOST - 1] + "…"
