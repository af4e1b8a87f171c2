"""Settings that are bounded: what hashes of passwords cost, how a speech engine is asked."""

from __future__ import annotations

import pytest

from qingting import config
from qingting.errors import Invalid


def test_what_a_hash_costs_is_a_setting() -> None:
    found = config.load(env={"QINGTING_PASSWORDS__MEMORY_MIB": "32"}).passwords
    assert (found.memory_mib, found.passes) == (32, 3)


@pytest.mark.parametrize(("name", "value"), [("MEMORY_MIB", "18"), ("PASSES", "1"), ("PASSES", "many")])
def test_too_cheap_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        config.load(env={f"QINGTING_PASSWORDS__{name}": value})
    assert refused.value.code == "config.bad_value"


def test_an_engine_that_speaks_is_named_with_its_voices() -> None:
    env = {
        "QINGTING_SPEECH__URL": "https://tts.example/v1/audio/speech",
        "QINGTING_SPEECH__VOICES": "zh=lily,*=alloy",
    }
    assert config.load(env=env).speech.voices == ("zh=lily", "*=alloy")
    for name, value in (("URL", "ftp://x"), ("VOICES", "zh"), ("BODY", "{text}"), ("BODY", "{}"), ("TIMEOUT_S", "0"),
                        ("KEY_HEADER", "key")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            config.load(env=env | {f"QINGTING_SPEECH__{name}": value})
        assert (refused.value.code, refused.value.detail["field"]) == ("config.bad_value", f"speech.{name.lower()}")
