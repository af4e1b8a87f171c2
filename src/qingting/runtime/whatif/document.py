"""A policy's text read into a `Policy`, every fault with its line and column.

How it is written stands in docs/guides/routing.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from ...core.model import MEDIA
from ...core.values import SITE_RULES, STRATEGIES, Condition
from ...errors import Invalid
from ...flow.tree import Problem, Scalar, Tree
from ...yaml_tree import SIZE_LIMIT, read_tree
from ..simulate.fields import DAY_S, Fields
from .policy import Changes, Like, Policy

ITEMS_MOST = 2000
COPIES_MOST = 500
PROBLEMS_SHOWN = 200
CONDITION = re.compile(r"(>=|<=|!=|=)?\s*(.+)")


class Known(NamedTuple):
    """Names of the stretch: at its beginning, or put later in it."""

    queues: set[str]
    agents: set[str]
    skills: set[str]
    sites: set[str]
    rules: set[str]


def load_policy(path: Path, known: Known) -> Policy:
    """Raises `Invalid("policy.unreadable" | "policy.problems", problems=[{line, column, code, message}])`."""
    try:
        with path.open("rb") as file:
            text = file.read(4 * SIZE_LIMIT + 1).decode()
    except OSError as e:
        raise Invalid("policy.unreadable", f"{path} cannot be read: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise Invalid("policy.unreadable", f"{path} is not a text in UTF-8") from e
    return read_policy(text, known)


def read_policy(text: str, known: Known) -> Policy:
    tree, problems = read_tree(text)
    policy = _Reader(Fields(tree, "a policy", problems, "policy"), known).policy() if tree is not None else None
    if policy is None or problems:
        raise faulty(problems)
    return policy


def faulty(problems: list[Problem]) -> Invalid:
    shown = [p._asdict() for p in sorted(set(problems))[:PROBLEMS_SHOWN]]
    words = "\n  ".join("{line}:{column}: {message} ({code})".format(**one) for one in shown)
    return Invalid("policy.problems", f"the policy has problems:\n  {words}\n ", problems=shown)


class _Reader:
    def __init__(self, top: Fields, known: Known) -> None:
        self._top, self._known = top, known
        self._places: dict[str, Tree] = {}
        self._policies: dict[str, Changes] = {}
        self._profiles: dict[str, Changes] = {}

    def policy(self) -> Policy:
        top, known = self._top, self._known
        policy = Policy(
            name=top.text("name", "a policy"),
            queues=self._each("queues", "queue", sorted(known.queues), self._queue),
            agents=self._each("agents", "agent", sorted(known.agents), self._agent),
            policies=self._policies,
            profiles=self._profiles,
            rules=self._each("rules", "rule", None, self._rule),
            without_rules=top.names("without_rules", sorted(known.rules), ITEMS_MOST),
            places=self._places,
        )
        staffing = top.fields("staffing")
        if staffing is not None:
            policy.more = tuple(self._like(f) for f in staffing.several("add", "agents to add", 100))
            policy.without = staffing.names("without", sorted(known.agents), ITEMS_MOST)
            staffing.done()
        top.done()
        return policy

    def _each(
        self, field: str, what: str, among: list[str] | None, read: Callable[[str, Fields, Changes], None]
    ) -> dict[str, Changes]:
        top, tree = self._top, self._top.take(field)
        found: dict[str, Changes] = {}
        for key, value in top.pairs(tree, field, ITEMS_MOST) if tree is not None else ():
            if top.as_name(key, field, among):
                f = Fields(value, f"the {what} {key.text!r}", top.problems, top.of)
                changes: Changes = {}
                found[key.text] = changes
                read(key.text, f, changes)
                f.done()
                self._places[f"{what}/{key.text}"] = key
        return found

    # --- parts -------------------------------------------------------------------------------------------

    def _queue(self, id: str, f: Fields, changes: Changes) -> None:
        self._skills(f, "requires", changes)
        for field, least, most in (("ring_s", 0.1, 3600), ("priority_s", -DAY_S, DAY_S), ("behind_s", 0, DAY_S)):
            self._number(f, field, least, most, changes)
        self._number(f, "short_abandon_s", 0, DAY_S, changes)
        self._number(f, "wrap_up_limit_s", 0, DAY_S, changes, "wrap_up_s")
        if (target := f.fields("service_level")) is not None:
            self._number(target, "seconds", 0, DAY_S, changes, "service_level_s")
            self._number(target, "target", 0, 1, changes, "service_level_target")
            target.done()
        for field, among in (("strategy", STRATEGIES), ("site_rule", SITE_RULES)):
            if field in f and (name := f.name(field, among)):
                changes[field] = name
        for field in ("closed", "spare_decliners", "second_line"):
            self._flag(f, field, changes)
        if "relax" in f:
            changes["relax"] = f.relax("relax", sorted(self._known.skills), sorted(self._known.sites))
        if policy := self._policy(f):
            self._policies[id] = policy

    def _policy(self, f: Fields) -> Changes:
        changes: Changes = {}
        for field, least, most in (("at_once", 1, 10), ("misses", 0, 100), ("callback_attempts", 1, 10)):
            if field in f:
                changes[field] = f.whole(field, least, most)
        for field in ("penalty_s", "grace_s", "extend_wrap_up_s", "callback_retry_s"):
            self._number(f, field, 0, DAY_S, changes)
        self._number(f, "callback_expires_s", 60, 31 * DAY_S, changes)
        for field in ("auto_answer", "requeue_lost"):
            self._flag(f, field, changes)
        if "callback_first" in f and (first := f.name("callback_first", ("agent", "customer"))):
            changes["callback_first"] = first
        if "overflow" in f:
            changes["overflow"] = f.overflow("overflow", sorted(self._known.queues))
        return changes

    def _agent(self, id: str, f: Fields, changes: Changes) -> None:
        if "queues" in f:
            changes["queues"] = f.names("queues", sorted(self._known.queues), 500)
        self._skills(f, "skills", changes)
        if "site" in f:
            changes["site"] = f.name("site", sorted(self._known.sites))
        self._levels(f, "capacity", MEDIA, 0, 100, changes)
        self._levels(f, "ranks", sorted(self._known.queues), 1, 9, changes)
        profile: Changes = {}
        self._flag(f, "auto_answer", profile)
        if profile:
            self._profiles[id] = profile

    def _rule(self, id: str, f: Fields, changes: Changes) -> None:
        tree = f.take("when", needed=id not in self._known.rules)
        if tree is not None:
            changes["when"] = tuple(self._condition(f, k, v) for k, v in f.pairs(tree, "when", 8))
        self._number(f, "priority_s", -DAY_S, DAY_S, changes)
        self._skills(f, "requires", changes)
        if "queues" in f:
            changes["queues"] = f.names("queues", sorted(self._known.queues), 500)
        if "media" in f:
            changes["media"] = f.names("media", MEDIA, len(MEDIA))

    def _condition(self, f: Fields, key: Scalar, value: Tree) -> Condition:
        """`grade: gold`, `years: ">= 4"`, `grade: "!= gold"`."""
        found = CONDITION.fullmatch(value.text) if isinstance(value, Scalar) else None
        if found is None:
            f.wrong(value, "bad_value", f"{key.text} is a value, or an operator and a value such as >= 4")
            return Condition(key.text, "=", "")
        operator, text = found[1] or "=", found[2]
        number = re.fullmatch(r"-?\d+(\.\d+)?", text)
        if operator in (">=", "<=") and number is None:
            f.wrong(value, "bad_value", f"{key.text} {operator} needs a number")
        return Condition(key.text, operator, float(text) if number else text)

    def _like(self, f: Fields) -> Like:
        like = Like(
            f.name("like", sorted(self._known.agents)),
            f.whole("count", 1, COPIES_MOST, 1),
            f.span("hours") if "hours" in f else None,
        )
        if not like.agent:
            f.wrong(f.tree, "missing", "agents to add are like an agent that there is: like: ID")
        f.done()
        return like

    # --- values ------------------------------------------------------------------------------------------

    def _number(self, f: Fields, field: str, least: float, most: float, changes: Changes, name: str = "") -> None:
        if field in f:
            changes[name or field] = f.number(field, least, most)

    def _flag(self, f: Fields, field: str, changes: Changes) -> None:
        tree = f.take(field)
        if tree is None:
            return
        if isinstance(tree, Scalar) and tree.text in ("yes", "no", "true", "false"):
            changes[field] = tree.text in ("yes", "true")
        else:
            f.wrong(tree, "bad_value", f"{field} is yes or no")

    def _skills(self, f: Fields, field: str, changes: Changes) -> None:
        self._levels(f, field, sorted(self._known.skills), 1, 5, changes)

    def _levels(self, f: Fields, field: str, among: Sequence[str], least: int, most: int, changes: Changes) -> None:
        found = f.levels(field, among, least, most)
        if found is not None:
            changes[field] = found
