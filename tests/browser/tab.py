"""What a person does in a window of a browser that Playwright does not drive: the same verbs for each of them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

from ..centre import PASSWORD, Running
from ..patience import PATIENCE_S
from .story import until

LOOK_S = 0.05


class Tab(ABC):
    @abstractmethod
    def goto(self, path: str) -> None: ...

    @abstractmethod
    def run(self, script: str, *given: str) -> Any:
        """What a function of the page gives back, as JSON can hold it."""

    @abstractmethod
    def press(self, selector: str) -> None:
        """By the mouse: what needs a person's gesture gets one."""

    @abstractmethod
    def type(self, selector: str, text: str) -> None: ...

    def wait(self, selector: str) -> None:
        """Until it is to be seen and may be pressed."""
        seen = (
            "(css) => { const it = document.querySelector(css); return !!it && !it.disabled && it.checkVisibility() }"
        )
        end = time.monotonic() + PATIENCE_S
        while not self.run(seen, selector):
            assert time.monotonic() < end, f"{selector} is not there within {PATIENCE_S} s: {self.words()[:600]}"
            time.sleep(LOOK_S)

    def gone(self, selector: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while self.run("(css) => document.querySelector(css) !== null", selector):
            assert time.monotonic() < end, f"{selector} is still there after {PATIENCE_S} s: {self.words()[:600]}"
            time.sleep(LOOK_S)

    def click(self, selector: str) -> None:
        self.wait(selector)
        self.press(selector)

    def text(self, selector: str) -> str:
        return str(self.run("(css) => document.querySelector(css)?.innerText", selector))

    def words(self) -> str:
        return str(self.run("() => document.body.innerText"))

    def at(self) -> str:
        return str(self.run("() => location.pathname"))

    def sign_in(self, centre: Running, name: str) -> None:
        """A one-time password is changed on the way."""
        password = centre.passwords[name]
        self.goto("/sign-in")
        self.type("[data-testid=sign-in-name]", name)
        self.type("[data-testid=sign-in-password]", password)
        self.click("[data-testid=sign-in-submit]")
        if password != PASSWORD:
            self.type("[data-testid=old-password]", password)
            self.type("[data-testid=new-password]", PASSWORD)
            self.type("[data-testid=repeat-password]", PASSWORD)
            self.click("[data-testid=change-first-submit]")
            self.gone("[data-testid=change-first-submit]")
            centre.passwords[name] = PASSWORD
        until(lambda: self.at() != "/sign-in", what="signed in")
