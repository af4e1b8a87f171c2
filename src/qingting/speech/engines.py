"""Which engines speak, by the settings."""

from __future__ import annotations

import ssl

from ..config import Config
from .espeak import Espeak
from .over_http import Asked, OverHttp, voices_of
from .prompts import PromptStore


def prompt_store(config: Config) -> PromptStore:
    """Of the engine of the settings, with the bundled one for what it cannot say; or of that alone."""
    speech, folders = config.speech, (config.data / "prompts", config.data / "recorded")
    bundled = Espeak()
    if not speech.url:
        return PromptStore(bundled, *folders)
    asked = Asked(
        speech.url, voices_of(speech.voices), speech.body, speech.model, speech.key_header, float(speech.timeout_s)
    )
    first = OverHttp(asked, config.data / "secrets" / "speech-key", trust=ssl.create_default_context())
    return PromptStore(first, *folders, instead=bundled)
