"""Customers as rows of a table whose heads importing understands."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity

from .. import fields, relations, shown
from ..fields import Field
from ..importing.book import cell
from ..model import LAYERS, MAIL, PHONE
from .beside import Beside, consent_kinds
from .xlsx import Cell

Language = Literal["zh", "en"]
HEADS = {
    "zh": (
        "客户编号", "姓名", "类型", "电话", "邮箱", "语言", "出生日期", "开户日期", "备注",
        "地址", "地址2", "地址3", "名片夹",
    ),
    "en": (
        "Customer id", "Name", "Kind", "Phone", "Mail", "Language", "Born", "Since", "Note",
        "Address", "Address 2", "Address 3", "Contact book",
    ),
}  # fmt: skip
"""As importing guesses them."""
ADDRESSES = 3
_KINDS = {
    "zh": {"person": "个人", "organisation": "企业"},
    "en": {"person": "person", "organisation": "organisation"},
}
_YES = {"zh": ("否", "是"), "en": ("no", "yes")}
_COMPUTED = {"zh": "自动标签", "en": "Computed tags"}
"""Told, but not to be brought in again: whoever computed them does so anew."""


class Sheet(NamedTuple):
    """Which columns there are: decided once, before the first row."""

    language: Language
    fields: list[Field]
    consents: list[tuple[str, str]]
    relations: list[str]

    def heads(self) -> list[Cell]:
        return [
            *HEADS[self.language],
            *(f"tag:{layer}" for layer in LAYERS),
            _COMPUTED[self.language],
            *(f"field:{field.id}" for field in self.fields),
            *(f"consent:{purpose}:{medium}" for purpose, medium in self.consents),
            *(f"relation:{type}" for type in self.relations),
        ]

    def row(self, who: Identity, one: dict[str, Any], beside: Beside) -> list[Cell]:
        """`one`: an item of `listing`."""

        def known(kind: str) -> str:
            return "; ".join(shown.value(who, kind, it["value"]) for it in one["identities"] if it["kind"] == kind)

        addresses = (*beside.addresses[:ADDRESSES], *[""] * ADDRESSES)[:ADDRESSES]
        yes = _YES[self.language]
        book = [it | {"value": shown.value(who, it["kind"], it["value"])} for it in beside.book]
        return [
            one["external_id"] or "", one["name"], _KINDS[self.language][one["kind"]], known(PHONE), known(MAIL),
            one["language"], one["born"], one["since"], one["note"], *addresses, cell(book),
            *("; ".join(beside.said[layer]) for layer in LAYERS),
            "; ".join(beside.computed),
            *(_value(one["fields"].get(field.id), yes) for field in self.fields),
            *("" if (said := beside.consents.get(key)) is None else yes[said] for key in self.consents),
            *("; ".join(beside.relations[type]) for type in self.relations),
        ]  # fmt: skip


async def of_tenant(connection: AsyncConnection, tenant: str, language: Language) -> Sheet:
    """With the tenant's fields and types of relations that are in use, and the consents that were ever asked for."""
    own = [field for field in (await fields.of_tenant(connection, tenant)).values() if not field.retired]
    types = [type.id for type in (await relations.types(connection, tenant)).values() if not type.retired]
    return Sheet(language, own, await consent_kinds(connection, tenant), types)


def _value(value: Any, yes: tuple[str, str]) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes[value]
    if isinstance(value, float | int):
        return int(value) if value == int(value) else value
    return str(value)
