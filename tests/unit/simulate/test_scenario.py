"""Scenarios as people write them: what is taken, and where it says that something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from qingting.errors import Invalid
from qingting.runtime.simulate.command import load
from qingting.runtime.simulate.document import examine, read_scenario
from qingting.runtime.simulate.scenario import Distribution, Learnt, Wish

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))

SMALL = """\
name: small
hours: 09:00-12:00
skills: [english]
sites: [here]
queues:
  care:
    arrivals: {per_hour: [30, 40, 20], day_cv: 0.1}
    handle: {lognormal: 180, cv: 0.8}
    wrap_up: {exponential: 20}
    patience: {exponential: 120}
    wishes: [{share: 0.2, requires: {english: 2}, priority_s: 30}]
agents:
  desk:
    count: 4
    site: here
    queues: [care]
    skills: {english: {level: 2-4, share: 0.5}}
    shift: 08:30-12:30
    breaks: [{at: "10:00", minutes: 15, spread_min: 30}]
"""


def problems(text: str) -> list[tuple[int, int, str]]:
    return [(p.line, p.column, p.code) for p in examine(text)[1]]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_what_ships_can_be_read(path: Path) -> None:
    assert load(path).queues


def test_what_is_written_is_what_is_read() -> None:
    scenario = read_scenario(SMALL)
    (queue,), (group,) = scenario.queues, scenario.groups
    assert (scenario.opens_s, scenario.closes_s, scenario.days, scenario.seed) == (32400, 43200, 1, 1)
    assert queue.callers.per_hour == (30, 40, 20)
    assert queue.callers.handle == Distribution("lognormal", 180, 0.8)
    assert queue.callers.wishes == (Wish(0.2, (("english", 2),), 30),)
    assert (queue.service_level_s, queue.service_level_target, queue.wrap_up_s) == (20, 0.8, 120)
    assert group.skills == (Learnt("english", 2, 4, 0.5),)
    assert (group.begins_s, group.ends_s, group.breaks[0].at_s) == (30600, 45000, 36000)
    assert scenario.expected_contacts(2) == pytest.approx(180)


@pytest.mark.parametrize(
    ("was", "now", "at", "code"),
    [
        ("days: 1", "", (0, 0), ""),
        ("name: small", "nmae: small", (1, 1), "scenario.unknown_field"),
        ("hours: 09:00-12:00", "hours: 12:00-09:00", (2, 8), "scenario.bad_value"),
        ("hours: 09:00-12:00", "hours: 09:00-25:00", (2, 8), "scenario.bad_value"),
        ("per_hour: [30, 40, 20]", "per_hour: [30, -1, 20]", (7, 31), "scenario.bad_value"),
        ("per_hour: [30, 40, 20]", "per_hour: [30, .nan, 20]", (7, 31), "scenario.bad_value"),
        ("handle: {lognormal: 180, cv: 0.8}", "handle: {weibull: 180}", (8, 13), "scenario.bad_value"),
        ("    handle: {lognormal: 180, cv: 0.8}\n", "", (7, 5), "scenario.missing"),
        ("requires: {english: 2}", "requires: {french: 2}", (11, 38), "scenario.unknown_name"),
        ("requires: {english: 2}", "requires: {english: 7}", (11, 47), "scenario.bad_value"),
        ("share: 0.2", "share: 1.2", (11, 22), "scenario.bad_value"),
        ("count: 4", "count: 4.5", (14, 12), "scenario.bad_value"),
        ("count: 4", "count: 30000", (14, 12), "scenario.bad_value"),
        ("queues: [care]", "queues: [sales]", (16, 14), "scenario.unknown_name"),
        ("level: 2-4", "level: 4-2", (17, 14), "scenario.bad_value"),
        ("site: here", "site: there", (15, 11), "scenario.unknown_name"),
        ("name: small", "name: small\ndays: 1001", (2, 7), "scenario.bad_value"),
        ("name: small", "name: &a small", (1, 7), "yaml.alias"),
        ("patience:", "overflow: [{when: rain, to: message}]\n    patience:", (10, 23), "scenario.unknown_name"),
        ("patience:", "overflow: [{when: size, limit: 9}]\n    patience:", (10, 16), "scenario.missing"),
        (
            "patience:",
            "overflow: [{when: size, limit: -1, to: message}]\n    patience:",
            (10, 36),
            "scenario.bad_value",
        ),
        (
            "patience:",
            "overflow: [{when: waited, limit: 9, target: x}]\n    patience:",
            (10, 49),
            "scenario.unknown_name",
        ),
        (
            "patience:",
            "overflow: [{when: waited, limit: 9, target: care}]\n    patience:",
            (6, 3),
            "scenario.overflow_loop",
        ),
        ("patience:", "callback: {share: 2}\n    patience:", (10, 23), "scenario.bad_value"),
        ("patience:", "callback: {share: 1, frist: agent}\n    patience:", (10, 26), "scenario.unknown_field"),
        ("patience:", "hand_on: {share: 1, to: x}\n    patience:", (10, 29), "scenario.unknown_name"),
        ("patience:", "second_line: maybe\n    patience:", (10, 18), "scenario.bad_value"),
        ("patience:", "at_once: 11\n    patience:", (10, 14), "scenario.bad_value"),
        ("patience:", "strategy: best\n    patience:", (10, 15), "scenario.unknown_name"),
        ("patience:", "relax: [{lower: {english: 0}}]\n    patience:", (10, 13), "scenario.missing"),
        ("patience:", "relax: [{after_s: 9, sites: [there]}]\n    patience:", (10, 34), "scenario.unknown_name"),
        (
            "patience:",
            "relax: [{after_s: 9}, {after_s: 8}]\n    patience:",
            (10, 27),
            "scenario.bad_value",
        ),
        ("patience:", "from: {there: 1}\n    patience:", (10, 12), "scenario.unknown_field"),
        ("patience:", "from: {here: 2}\n    patience:", (10, 18), "scenario.bad_value"),
        ("count: 4", "count: 4\n    breaks_at_once: 0", (15, 21), "scenario.bad_value"),
    ],
)
def test_each_fault_has_its_place(was: str, now: str, at: tuple[int, int], code: str) -> None:
    found = problems(SMALL.replace(was, now))
    assert found == ([(*at, code)] if code else [])


def test_all_faults_are_told_at_once() -> None:
    text = SMALL.replace("count: 4", "count: 0").replace("name: small", "names: small")
    with pytest.raises(Invalid, match="and 1 more") as refusal:
        read_scenario(text)
    assert [p["line"] for p in refusal.value.detail["problems"]] == [1, 14]


def test_more_than_anybody_waits_for_is_refused() -> None:
    text = SMALL.replace("[30, 40, 20]", "900000").replace("name: small", "days: 1000")
    assert [code for *_, code in problems(text)] == ["scenario.too_many"]
