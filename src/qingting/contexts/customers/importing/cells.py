"""What a cell says: numbers, mail addresses, days and choices as people write them.

Each reader returns what was meant, or raises `Bad` with a stable code. Names and notes stay as they are.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from qingting import numbers

from .. import fields as custom
from .. import model
from ..fields import Field
from ..model import Scalar


class Bad(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_INVISIBLE = dict.fromkeys([0x00A0, 0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x202D, 0x2060, 0xFEFF])
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d+")
_WHOLE = re.compile(r"(\d+)\.0+")
_CALLED = re.compile(r"(tel|phone|mobile|电话|手机|座机|联系电话)\s*[:.]?\s*", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(转|分机|ext\.?|extension|x|#|;ext=)\s*:?\s*\d{1,8}$", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;、|\n]|\s/\s")
_SIMPLE_MAIL = re.compile(r"[a-zA-Z0-9._%+-]{1,64}@[a-zA-Z0-9-]{1,60}(\.[a-zA-Z0-9-]{1,60}){0,2}\.[a-zA-Z]{2,}")
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")

KINDS = {
    **dict.fromkeys(("person", "individual", "个人", "自然人", "人"), "person"),
    **dict.fromkeys(
        ("organisation", "organization", "company", "business", "企业", "公司", "单位", "机构", "组织"),
        "organisation",
    ),
}
LANGUAGES = {
    **dict.fromkeys(("中文", "汉语", "普通话", "国语", "chinese", "mandarin"), "zh"),
    **dict.fromkeys(("英文", "英语", "english"), "en"),
    **dict.fromkeys(("粤语", "广东话", "cantonese"), "yue"),
    **dict.fromkeys(("日语", "日文", "japanese"), "ja"),
    **dict.fromkeys(("韩语", "韩文", "korean"), "ko"),
}


def phones(text: str) -> list[str]:
    """In E.164, one or several; an extension is left out of it.

    `number.scientific`: a spreadsheet made 1.38E+10 of it and the digits are gone. `number.bad`.
    """
    if len(text) == 11 and text.isascii() and text.isdigit() and (number := numbers.to_e164(text)):
        return [number]  # as nearly all are
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip(" '\"=")
    return [_phone(part) for each in _SEVERAL.split(text) if (part := each.strip())]


def _phone(text: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        raise Bad("number.scientific")
    if whole := _WHOLE.fullmatch(text):
        text = whole[1]
    number = model.normalised(model.PHONE, text) or model.normalised(model.PHONE, _bared(text))
    if number is None:
        raise Bad(model.why_not(model.PHONE, text))
    return number


def _bared(text: str) -> str:
    text = _EXTENSION.sub("", _CALLED.sub("", text, count=1))
    return text.replace("[", "(").replace("]", ")").replace("_", " ").replace("(0)", "")


def mails(text: str) -> list[str]:
    if _SIMPLE_MAIL.fullmatch(text):  # as nearly all are
        return [text.lower()]
    found = [model.normalised(model.MAIL, part) for part in re.split(r"[,;、\s]+", text.strip()) if part]
    if not found or None in found:
        raise Bad(model.why_not(model.MAIL, text))
    return [mail for mail in found if mail is not None]


@lru_cache(maxsize=50_000)
def day(text: str) -> str:
    """2021-05-01, 2021/5/1, 2021年5月1日, 20210501; what could be another day in another country is none."""
    text = unicodedata.normalize("NFKC", text).strip()
    parts = (text[:4], text[4:6], text[6:]) if len(text) == 8 and text.isdigit() else None
    if written := _DAY.fullmatch(text):
        parts = (written[1], written[2], written[3])
    try:
        found = dt.date(*map(int, parts)).isoformat() if parts else None
    except ValueError:
        found = None
    if found is None or model.day(found) != found:
        raise Bad("day.bad")
    return found


@lru_cache(maxsize=1_000)
def kind(text: str) -> str:
    if (found := KINDS.get(_word(text))) is None:
        raise Bad("kind.bad")
    return found


@lru_cache(maxsize=1_000)
def language(text: str) -> str:
    found = LANGUAGES.get(_word(text)) or text.strip().replace("_", "-")
    if model.problems(model.Record(external_id="-", language=found)):
        raise Bad("language.bad")
    return found


def tags(text: str) -> list[str]:
    found = _parts(text)
    if any(len(tag) > 60 for tag in found):
        raise Bad("tag.bad")
    return found


def several(most: int) -> Callable[[str], list[str]]:
    """Each at most so long."""

    def read(text: str) -> list[str]:
        found = [model.clean(part) for part in _parts(text)]
        if any(len(part) > most for part in found):
            raise Bad("text.too_long")
        return found

    return read


def identities(kind: str) -> Callable[[str], list[str]]:
    """Of a kind that is kept as it is."""

    def read(text: str) -> list[str]:
        found = [model.normalised(kind, part) for part in _parts(text)]
        if None in found:
            raise Bad(model.why_not(kind, text))
        return [it for it in found if it is not None]

    return read


def own(field: Field) -> Callable[[str], Scalar | None]:
    """A tenant's own field; a day may be written as all days of files."""

    def read(text: str) -> Scalar | None:
        try:
            return custom.read(field, day(text) if field.type == "date" else text)
        except custom.Bad as bad:
            code = str(bad)
        raise Bad("text.too_long" if code == "string_too_long" else code)

    return read


def yes_no(text: str) -> bool:
    word = _word(text)
    if word in custom.YES:
        return True
    if word in custom.NO:
        return False
    raise Bad("consent.bad")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,，;；、|]", text) if part.strip()]


def plain(most: int) -> Callable[[str], str]:
    """HTML, smileys and right-to-left text are text: shown as they are, wherever they are shown."""

    def read(text: str) -> str:
        text = text.strip() if text.isprintable() else model.clean(text)
        if len(text) > most:
            raise Bad("text.too_long")
        return text

    return read


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
