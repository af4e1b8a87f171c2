"""How long a flow's words last, measured on prompts as callers hear them."""

from __future__ import annotations

from ...flow.document import Document
from ...flow.levels import too_long
from ...flow.nodes import Prompt, prompts_of
from ...flow.reading import SPOKEN
from ...flow.tree import Problem
from ...speech.port import SpeechFailed
from ...speech.prompts import PromptStore
from ...speech.say_as import spoken

LONGEST = {
    "text": "17 Riverside Drive East",
    "number": "12345.67",
    "digits": "6222021234567890",
    "money": "12345.67",
    "date": "2027-12-27",
    "weekday": "3",
    "time": "23:57",
    "duration": "35999",
    "phone": "+8613800138000",
}
"""What a value is taken for, by how it is spoken: as long as such values get."""
LONGEST_TEXT = {"zh": "北京市东城区和平里七号", "yue": "香港九龍彌敦道一百號", "ja": "東京都千代田区丸の内一丁目"}
"""Of languages whose voices spell out what they cannot read."""


async def too_much_speech(document: Document, prompts: PromptStore, tenant: str = "") -> list[Problem]:
    """Where more is said between two answers than the flow's profile allows; a prompt that cannot be spoken counts
    nothing, and is told as `flow.unspoken`. Empty where the profile sets no bound."""
    if not document.profile.speech_s:
        return []
    seconds: dict[tuple[Prompt, str], float] = {}
    unspoken: dict[Problem, None] = {}
    for name, node in document.nodes.items():
        for prompt in prompts_of(node):
            for language in (prompt.only,) if prompt.only else document.languages:
                if (prompt, language) not in seconds:
                    try:
                        seconds[prompt, language] = await prompts.seconds_of([_filled(prompt)], language, tenant)
                    except SpeechFailed as e:
                        seconds[prompt, language] = 0.0
                        unspoken[Problem(*document.positions[name], "flow.unspoken", f"{language}: {e}")] = None
    return [*unspoken, *too_long(document, lambda prompt, language: seconds[prompt, prompt.only or language])]


def _filled(prompt: Prompt) -> Prompt:
    """With values as long as they get."""
    if not prompt.spoken:
        return prompt
    return prompt._replace(texts=tuple((each, _in_words(text, each)) for each, text in prompt.texts), spoken=())


def _in_words(text: str, language: str) -> str:
    return SPOKEN.sub(lambda it: _words(it[2], language), text)


def _words(kind: str | None, language: str) -> str:
    kind, _, currency = (kind or "text").partition(":")
    value = LONGEST_TEXT.get(language, LONGEST[kind]) if kind == "text" else LONGEST[kind]
    return spoken(kind, f"{value} {currency}" if currency else value, language)
