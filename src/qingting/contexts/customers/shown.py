"""A customer as those who ask may see them, and what they send back read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qingting import numbers
from qingting.access import Identity
from qingting.errors import Invalid

from .model import MAIL, PHONE, Known, normalised, why_not
from .record import Whole, of_record
from .schemas import IdentityBody

SEES = "numbers.view"


def value(who: Identity, kind: str, text: str) -> str:
    """Whole for those who may see numbers, else its middle is hidden."""
    return text if who.may(SEES) else _hidden(kind, text)


def _hidden(kind: str, text: str) -> str:
    if kind == PHONE:
        return numbers.masked(text)
    name, at, house = text.partition("@") if kind == MAIL else (text, "", "")
    return f"{name[:2]}***{at}{house}" if len(name) > 4 else f"***{at}{house}"


def read(told: Sequence[IdentityBody | Known], known: Iterable[tuple[str, str]] = ()) -> list[Known]:
    """As they are kept. A masked value that comes back unchanged means the one behind it.

    Raises `Invalid("request.invalid")`, `identities.<i>`: a code of `model.why_not`.
    """
    behind = {(kind, _hidden(kind, text)): text for kind, text in known}
    found, bad = [], {}
    for i, it in enumerate(told):
        text = behind.get((it.kind, it.value)) or normalised(it.kind, it.value)
        if text is None:
            bad[f"identities.{i}"] = why_not(it.kind, it.value)
        else:
            found.append(Known(it.kind, text, it.level))
    if bad:
        raise Invalid("request.invalid", fields=bad)
    return found


def read_numbers(told: Sequence[str], known: Iterable[str] = ()) -> list[Known]:
    """The same of phones alone; `numbers.<i>`: `number.bad`, `identity.masked`."""
    try:
        return read([Known(PHONE, n) for n in told], ((PHONE, n) for n in known))
    except Invalid as bad:
        fields = {path.replace("identities", "numbers"): code for path, code in bad.detail["fields"].items()}
        raise Invalid("request.invalid", fields=fields) from None


def item(who: Identity, one: dict[str, Any]) -> dict[str, Any]:
    """Of a list."""
    identities = [it | {"value": value(who, it["kind"], it["value"])} for it in one["identities"]]
    return {
        **{
            name: one[name]
            for name in ("id", "version", "kind", "name", "language", "since", "note", "attributes", "fields")
        },
        "external_id": one["external_id"] or "",
        "changed_at": one["changed_at"],
        "numbers": [it["value"] for it in identities if it["kind"] == PHONE],
        "identities": identities,
        "tags": one["tags"],
    }


def record(who: Identity, it: Whole) -> dict[str, Any]:
    """All that is known; `records`: those that stand together, empty when it is one."""
    told = item(who, it.one | {"identities": it.identities, "tags": it.tags})
    return {
        **told,
        **{name: it.one[name] for name in ("born", "created_at")},
        "addresses": it.addresses,
        "consents": it.consents,
        "notes": it.notes,
        "records": [of_record(row) for row in it.records] if len(it.records) > 1 else [],
    }
