from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore

from .caller import Caller


@pytest.fixture(scope="session")
def made_prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Spoken once for all these tests."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
async def caller(made_prompts: Path, tmp_path: Path) -> AsyncIterator[Caller]:
    speech = Espeak()
    caller = Caller(PromptStore(speech, made_prompts, tmp_path / "recorded"))
    await caller.open()
    yield caller
    await caller.close()
    await speech.close()
