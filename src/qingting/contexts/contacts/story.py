"""What stood in a contact's events so far, as far as what follows can only be told with it; and the words for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .codes import DEMANDS, MOODS, Both

Names = Callable[[str, str], Both]
"""(kind, id) → what it is called in Chinese and English; kinds as in the configuration."""
Detail = Mapping[str, Any]
"""Fields of an event by name."""
NOTHING: Both = ("", "")


class Easing(NamedTuple):
    needs: Mapping[str, int]
    """Skills and levels."""
    prefer: str
    """The agent for whom it waits first."""
    after_s: float = 0.0
    """Of the latest step of relaxation that was told."""


class Story:
    """Of one contact."""

    def __init__(self, contact: str, names: Names, site_of: Callable[[str], str]) -> None:
        """`site_of`: where an agent sits; empty where that is not known."""
        self.contact, self.names, self._site_of = contact, names, site_of
        self.home = ""
        """Site of the contact."""
        self.agents: dict[str, str] = {}
        """By assignment."""
        self.began: dict[str, float] = {}
        """Visits that wait, and since when."""
        self.consults: dict[str, str] = {}
        """Visits beside the customer's, and whose assignment asked for them."""
        self.easing: dict[str, Easing] = {}
        """Visits that began, and what waiting may make easier for them."""

    def elsewhere(self, agent: str) -> Both | None:
        """The agent's site, where the contact has another."""
        site = self._site_of(agent)
        return self.names("sites", site) if self.home and site not in ("", self.home) else None

    def agent(self, d: Detail) -> str:
        return self.agents.get(d.get("assignment", ""), "")

    def who(self, d: Detail) -> Both:
        return self.names("agents", self.agent(d))

    def noted(self, d: Detail, zh: str, en: str) -> Both:
        demand, mood = (*(d.get("notes") or ("", "", "")),)[:2]
        if demand:
            words = word_of(DEMANDS, demand)
            zh, en = f"{zh}；特殊需求：{words[0]}", f"{en}; demand: {words[1]}"
        if mood:
            words = word_of(MOODS, mood)
            zh, en = f"{zh}；情绪：{words[0]}", f"{en}; mood: {words[1]}"
        return zh, en


def visit_of(assignment: str) -> str:
    return assignment.rpartition("/")[0]


def word_of(words: Mapping[str, Both], code: str) -> Both:
    """A code that nobody knows stands for itself."""
    return words.get(code, (code, code))


def gap(words: str) -> str:
    """A space before what begins with a Latin letter or a digit."""
    return f" {words}" if words[:1].isascii() else words
