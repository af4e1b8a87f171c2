"""A contact book in one cell: an entry a line, `name,number,note` as in a CSV; what is taken out comes back so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from .. import model
from ..model import MAIL, PHONE, Reached
from . import cells
from .cells import Bad

_OTHERS = tuple(kind for kind in model.IDENTITIES if kind not in (PHONE, MAIL))


def entries(text: str) -> list[Reached]:
    """Raises `Bad`: `book.bad`, `text.too_long`, or what is wrong with a number."""
    rows = csv.reader(line for line in text.replace("，", ",").splitlines() if line.strip())
    try:
        return [_entry([model.clean(cell) for cell in row]) for row in rows]
    except csv.Error:
        raise Bad("book.bad") from None


def _entry(row: list[str]) -> Reached:
    name, told, note = (*row, "", "")[:3]
    if not (name and told) or len(row) > 3:
        raise Bad("book.bad")
    if len(name) > model.REACHED_MOST or len(note) > model.REACHED_NOTE_MOST:
        raise Bad("text.too_long")
    kind, _, rest = told.partition(":")
    if kind in _OTHERS:
        whole = model.normalised(kind, rest)
        if whole is None:
            raise Bad(model.why_not(kind, rest))
        found = [whole]
    else:
        kind = MAIL if "@" in told else PHONE
        found = cells.mails(told) if kind == MAIL else cells.phones(told)
    if len(found) != 1:
        raise Bad("book.bad")
    return Reached(name, kind, found[0], note)


def cell(told: Iterable[Mapping[str, str]]) -> str:
    """Of `{name, kind, value, note}`."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    for it in told:
        value = it["value"] if it["kind"] in (PHONE, MAIL) else f"{it['kind']}:{it['value']}"
        rows.writerow([it["name"], value, it["note"]] if it["note"] else [it["name"], value])
    return text.getvalue().rstrip("\n")
