"""What a centre that runs says of its own parts: only it knows which of its jobs fail, and why."""

from __future__ import annotations

import json

from ..config import Config
from ..datalock import holder
from ..errors import Unavailable
from ..probe import health
from .check import Checks, fail, ok, warn

NAME = "parts"


def running(config: Config) -> Checks:
    if not holder(config.data):
        yield ok(NAME, "the centre does not run")
        return
    try:
        said = health(config)
    except Unavailable as error:
        if (said := error.detail.get("said", "")) == "":
            yield fail(NAME, error.message, "look at its log; restart it")
            return
    try:
        parts = json.loads(said)["parts"]
        unwell = {name: (part["state"], part.get("words", "")) for name, part in parts.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        yield fail(NAME, "its health could not be read", "is another program at its port?")
        return
    unwell = {name: told for name, told in unwell.items() if told[0] != "ok"}
    if not unwell:
        yield ok(NAME, f"{len(parts)} of the running centre are well")
    for name, (state, words) in sorted(unwell.items()):
        say = fail if state == "down" else warn
        yield say(NAME, f"{name} {state}: {words}".rstrip(": "), "the log tells more")
