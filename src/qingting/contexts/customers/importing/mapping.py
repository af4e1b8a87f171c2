"""Columns to fields, rows to records. What will not do is told by row, column and code.

An empty cell says nothing: what is known stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from qingting.errors import Invalid

from .. import model
from ..model import Known, Record, Tagged
from . import cells
from .cells import Bad
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


FIELDS: dict[str, Callable[[str], Any]] = {
    "external_id": cells.plain(model.EXTERNAL_MOST),
    "name": cells.plain(model.NAME_MOST),
    "kind": cells.kind,
    "phone": cells.phones,
    "mail": cells.mails,
    "language": cells.language,
    "born": cells.day,
    "since": cells.day,
    "address": cells.plain(model.ADDRESS_MOST),
    "note": cells.plain(model.NOTE_MOST),
    "tag": cells.tags,
}
"""What a column may be, and how its cells are read."""
MANY = ("phone", "mail", "address", "tag")
"""Of which there may be several columns."""
KEYS = ("external_id", "phone", "mail")
"""By which a row finds its customer, so that to repeat it changes nothing."""

_HEADS = {
    "external_id": "客户编号 客户号 客户id 编号 会员号 会员编号 外部编号 id customerid "
    "customerno externalid membership",
    "name": "姓名 名称 客户 客户名 客户名称 客户姓名 联系人 公司名称 企业名称 name fullname customername "
    "company contact",
    "kind": "类型 客户类型 kind type customertype",
    "phone": "电话 手机 手机号 手机号码 电话号码 联系电话 座机 固话 联系方式 号码 phone mobile tel telephone cell "
    "phonenumber mobilephone mobilenumber number",
    "mail": "邮箱 邮件 电子邮箱 电子邮件 邮箱地址 mail email emailaddress mailaddress",
    "language": "语言 首选语言 language lang preferredlanguage",
    "born": "生日 出生日期 出生年月日 born birthday birthdate dateofbirth dob",
    "since": "开户日期 入会日期 注册日期 成为客户日期 since customersince registered registrationdate joined",
    "address": "地址 住址 联系地址 家庭地址 收货地址 通讯地址 address homeaddress postaladdress",
    "note": "备注 说明 附注 note notes remark remarks comment comments",
    "tag": "标签 客户标签 tag tags label labels",
}
_GUESSES = {head: field for field, heads in _HEADS.items() for head in heads.split()}


def guess(heads: Sequence[str]) -> list[str]:
    """The field of each column by its head, empty where it tells nothing."""
    found: list[str] = []
    for head in heads:
        field = _GUESSES.get(re.sub(r"\d+$", "", _folded(head))) or _GUESSES.get(_folded(head), "")
        found.append("" if field in found and field not in MANY else field)
    return found


def check(targets: Sequence[str], width: int) -> None:
    """Raises `Invalid("request.invalid")`, fields `columns` or `columns.3`, and `Invalid("import.no_key")`."""
    bad = {}
    for i, target in enumerate(targets):
        if target and target not in FIELDS:
            bad[f"columns.{i}"] = "import.field_unknown"
        elif target and target not in MANY and target in targets[:i]:
            bad[f"columns.{i}"] = "import.field_twice"
    if len(targets) != width:
        bad["columns"] = "import.columns_differ"
    if bad:
        raise Invalid("request.invalid", fields=bad)
    if not set(KEYS) & set(targets):
        raise Invalid("import.no_key", "one column must be an id, a phone number or a mail address")


class Judge:
    """Makes a record of a row, or tells why it cannot."""

    def __init__(self, heads: Sequence[str], targets: Sequence[str], tag: str = "") -> None:
        """`tag` is given to all."""
        self._heads = heads
        self._wanted = [(i, target, FIELDS[target]) for i, target in enumerate(targets) if target]
        self._tags = [Tagged("business", tag)] if tag else []

    def judge(self, row: Row) -> Record | list[Fault]:
        texts, faults, width = row.cells, [], len(self._heads)
        if len(texts) < width or any(texts[width:]):
            return [Fault(row.line, "", "import.ragged", f"{len(texts)} ≠ {width}")]
        record = Record()
        identities: list[Known] = []
        tags, addresses = list(self._tags), []
        for i, target, read in self._wanted:
            text = texts[i]
            if not text or text.isspace():
                continue
            try:
                if "\ufffd" in text:
                    raise Bad("import.undecodable")
                value = read(meant(text))
            except Bad as bad:
                faults.append(Fault(row.line, self._heads[i], bad.code, shortened(text)))
                continue
            if target in (model.PHONE, model.MAIL):
                identities += [Known(target, each, "claimed", "import") for each in value]
            elif target == "tag":
                tags += [Tagged("business", each) for each in value]
            elif target == "address":
                addresses.append(value)
            elif value:
                setattr(record, target, value)
        record.identities, record.tags, record.addresses = list(dict.fromkeys(identities)), tags, addresses
        if not faults and not (record.external_id or identities):
            faults.append(Fault(row.line, "", "import.no_identity", ""))
        if not faults and (len(identities) > model.IDENTITIES_MOST or len(tags) > model.TAGS_MOST):
            faults.append(Fault(row.line, "", "import.too_much", ""))
        return faults or record


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_MOST else text[: SHOWN_MOST - 1] + "…"


def _folded(head: str) -> str:
    text = unicodedata.normalize("NFKC", head).casefold()
    return re.sub(r"\(.*\)|[\W_]+", "", text)
