"""Text that a spreadsheet would run when it opens a CSV, made harmless; and what was meant by it."""

from __future__ import annotations

import re

_LIVE = re.compile(r"[=+\-@\t\r\n|%＝＋－＠]")
_MADE_HARMLESS = re.compile(r"'(?=[=+\-@\t\r\n|%＝＋－＠])")


def harmless(text: str) -> str:
    """An apostrophe before what begins like a formula, a telephone number's plus included."""
    return "'" + text if _LIVE.match(text) else text


def meant(text: str) -> str:
    return _MADE_HARMLESS.sub("", text, count=1) if text.startswith("'") else text
