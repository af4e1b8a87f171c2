"""How the worker reads Japanese: kanji as kana, numbers with the sounds of what they count."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from qingting.speech.espeak import WORKER
from qingting.speech.say_as import spoken

READ = {
    "三百": "さんびゃく",
    "六百円": "ろっぴゃくえん",
    "千二百八十": "せんにひゃくはちじゅう",
    "四時": "よじ",
    "九時三十分": "くじ さんじゅっぷん",
    "二十分間": "にじゅっぷんかん",
    "四月九日": "しがつ ここのか",
    "十四日": "じゅうよっか",
    "六分": "ろっぷん",
    "千万": "いっせんまん",
    "〇九〇": "ぜろ きゅう ぜろ",
    "128円": "ひゃくにじゅうはちえん",
    "百二十八点五元": "ひゃくにじゅうはち てん ごげん",
    "3名様がお待ちです。": "さんめい さま がお まち です .",
    "一般に千葉で1を押す。": "いっぱんに ちば で いち を おす .",
    "この通話は録音されます。": "この つうわ わ ろくおん されます .",
}


@pytest.fixture
def japanese(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(Path(WORKER).parent))
    yield importlib.import_module("japanese")
    del sys.modules["japanese"]


def test_text_is_read_as_it_is_said(japanese: Any) -> None:
    assert {text: japanese.kana(text) for text in READ} == READ


def test_numbers_are_read_back(japanese: Any) -> None:
    for n in [*range(1, 2000, 7), *(10**k + j for k in range(3, 15) for j in (0, 1, 11))]:
        assert japanese.value(spoken("number", str(n), "ja")) == n
