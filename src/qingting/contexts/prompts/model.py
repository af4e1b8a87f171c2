"""Rules of recorded prompts."""

from __future__ import annotations

import re
from typing import Any

from qingting.errors import Invalid

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""As flows write it (`flow/reading.py`)."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
PROMPTS_MOST = 2_000
VERSIONS_MOST = 20
"""Of a prompt in one language; the oldest that is not in use goes when there is one more."""
LONGEST_S = 120.0
TEXT_MOST = 800
LANGUAGES_MOST = 20


def checked_texts(texts: dict[str, str]) -> dict[str, str]:
    """Without those that are empty. Raises `Invalid("request.invalid")`, field by field."""
    fields = {}
    for language, text in texts.items():
        if not LANGUAGE.fullmatch(language):
            fields[f"texts.{language[:20]}"] = "prompt.bad_language"
        elif len(text) > TEXT_MOST:
            fields[f"texts.{language}"] = "too_long"
    if len(texts) > LANGUAGES_MOST:
        fields["texts"] = "too_long"
    if fields:
        raise Invalid("request.invalid", fields=fields)
    return {language: text.strip() for language, text in texts.items() if text.strip()}


def fits(prompt: dict[str, Any], q: str, which: str) -> bool:
    """Whether `q` stands in its id, its name or one of its texts, whatever its case."""
    if which != "all" and prompt["standard"] != (which == "standard"):
        return False
    wanted = q.strip().casefold()
    return any(wanted in part.casefold() for part in (prompt["id"], prompt["name"], *prompt["texts"].values()))
