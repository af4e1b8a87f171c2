"""Generated days: the same seed is the same day, nobody gets lost, and what is told adds up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from qingting.cli import main
from qingting.core import events as e
from qingting.runtime.simulate import measures
from qingting.runtime.simulate.command import load
from qingting.runtime.simulate.document import read_scenario
from qingting.runtime.simulate.play import Play
from qingting.runtime.simulate.results import Results, interval, service_level
from qingting.runtime.simulate.run import run
from qingting.runtime.simulate.scenario import Scenario
from qingting.runtime.simulate.text import report

from .test_scenario import SMALL

SCENARIOS = Path(__file__).parents[3] / "scenarios"

BUSY = read_scenario(
    SMALL.replace("[30, 40, 20]", "[90, 110, 80]") + 'failures: [{site: here, at: "10:30", minutes: 10}]\n'
)


def figures(results: Results) -> dict[str, object]:
    return results.json()


def test_the_same_seed_is_the_same_day() -> None:
    once, again, other = run(BUSY), run(BUSY), run(BUSY, seed=2)
    assert figures(once) == figures(again)
    assert figures(once)["total"] != figures(other)["total"]


def test_more_people_meet_the_same_callers() -> None:
    def came(scenario: Scenario) -> list[tuple[float, str]]:
        arrived: list[tuple[float, str]] = []
        play = Play(scenario, {e.ContactArrived: lambda x: arrived.append((x.at, x.medium))})
        play.run_day()
        return arrived

    more = replace(BUSY, groups=(replace(BUSY.groups[0], count=9),))
    assert came(BUSY) == came(more)
    assert run(more).total().wait < run(BUSY).total().wait


def test_nobody_gets_lost() -> None:
    results = run(BUSY, days=3)
    total = results.total()
    assert total.offered == results.contacts > 300
    assert total.offered == total.answered + total.abandoned + total.short + total.flow_out + total.failed
    assert total.abandoned > 0
    assert total.handled == total.answered
    assert not results.refused
    by_day = measures.together(row for day in results.by_day for row in day.values())
    assert (by_day.offered, by_day.answered, by_day.short) == (total.offered, total.answered, total.short)
    assert len(results.by_day) == 3


def test_time_of_agents_adds_up() -> None:
    results = run(BUSY, days=2)
    hours = results.all_hours()
    told = hours.busy + hours.ringing + hours.idle + sum(hours.away.values())
    assert told == pytest.approx(hours.signed_in)
    assert hours.signed_in == pytest.approx(2 * 4 * 4 * 3600, rel=0.05), "four people, four hours, two days"
    assert hours.away["break"] == pytest.approx(2 * 4 * 900), "a break lasts as long as it should"
    total = results.total()
    assert hours.busy == pytest.approx(total.talk + total.hold + total.wrap_up)
    assert hours.away["unreachable"] > 0


def test_a_site_that_fails_takes_no_calls() -> None:
    offered: list[float] = []
    play = Play(BUSY, {e.AssignmentOffered: lambda x: offered.append(x.at)})
    midnight = play.midnight
    play.run_day()
    during = [at for at in offered if 10.5 * 3600 < at - midnight < 10.5 * 3600 + 600]
    assert not during
    assert any(at - midnight > 10.5 * 3600 + 600 for at in offered), "and serves again afterwards"


SENT_ON = """\
name: sent on
hours: 09:00-12:00
queues:
  care:
    arrivals: {per_hour: 90}
    handle: {lognormal: 180, cv: 0.8}
    wrap_up: {exponential: 20}
    patience: {exponential: 200}
    at_once: 2
    overflow: [{when: waited, limit: 150, target: help}, {when: size, limit: 9, to: message}]
    callback: {share: 0.3, after_s: 30, reached: 0.7}
    hand_on: {share: 0.1, to: experts}
  help:
    arrivals: {per_hour: 10}
    handle: {constant: 60}
    overflow: [{when: size, limit: 3, to: callback}]
    callback: {share: 0, first: customer}
  experts: {second_line: yes, arrivals: {per_hour: 0}, handle: {constant: 200}, patience: {constant: 300}}
agents:
  desk: {count: 4, queues: [care], shift: 08:30-12:30, pick_up: {constant: 2}, breaks_at_once: 1,
    breaks: [{at: "10:00", minutes: 20}]}
  help: {count: 1, queues: [help], shift: 08:30-12:30}
  experts: {count: 1, queues: [experts], shift: 08:30-12:30}
"""


def test_overflow_callbacks_transfers_and_limited_breaks() -> None:
    away = most = 0

    def presence(x: e.PresenceChanged) -> None:
        nonlocal away, most
        away += (x.presence == "not_ready") - (x.presence == "available" and x.at - play.midnight > 36_000)
        most = max(most, away)

    scenario = read_scenario(SENT_ON)
    play = Play(scenario, {e.PresenceChanged: presence})
    play.run_day()
    assert most == 1, "one break at a time"
    assert not play.engine.state.contacts
    assert not play.engine.state.callbacks
    results = run(scenario, days=4)
    assert not results.refused
    assert results.json() | {"seconds": 0} == run(scenario, days=4).json() | {"seconds": 0}
    care, help, experts = (results.queue(name) for name in ("care", "help", "experts"))
    assert min(care.overflowed, care.callbacks, help.overflowed, help.callbacks) > 0
    assert 0 < care.called_back < care.callbacks
    assert 0 < care.escalated < experts.offered, "who was called back may be handed on as well"
    assert care.escalated / care.answered == pytest.approx(0.1, abs=0.06)
    total = results.total()
    assert total.offered == total.answered + total.abandoned + total.short + total.flow_out + total.failed
    assert results.all_hours().away["break"] == pytest.approx(4 * 4 * 1200, rel=0.1)


def test_phones_that_answer_by_themselves_and_extended_wrap_up() -> None:
    def figures(queue: str = "", group: str = "") -> tuple[float, float, int]:
        scenario = read_scenario(f"""\
name: one line
hours: 09:00-12:00
queues:
  care:
    {{arrivals: {{per_hour: 30}}, handle: {{constant: 60}}, wrap_up: {{constant: 50}}, wrap_up_limit_s: 30{queue}}}
agents:
  desk: {{count: 8, queues: [care], shift: 08:30-12:30, pick_up: {{constant: 9}}, misses: 0.2{group}}}
""")
        results = run(scenario, days=1)
        assert not results.refused
        row = results.queue("care")
        return row.wait / row.answered, row.wrap_up / row.handled, row.offered

    plain, limited, offered = figures()
    assert plain > 9
    assert limited == pytest.approx(30)
    for more in ({"queue": ", auto_answer: yes"}, {"group": ", auto_answer: yes"}):
        wait, _, same = figures(**more)
        assert (wait, same) == (pytest.approx(1.0, abs=0.2), offered)
    assert figures(", extend_wrap_up_s: 60")[1] == pytest.approx(50), "as long as it takes them"
    assert figures(", extend_wrap_up_s: 5")[1] == pytest.approx(35)


def two_cities(rules: str) -> Scenario:
    """All people are in the north, more callers than they can serve at once come from both."""
    return read_scenario(f"""\
name: two cities
hours: 09:00-12:00
skills: [opera]
sites: [north, south]
queues:
  care:
    requires: {{opera: 1}}
    arrivals: {{per_hour: 90}}
    from: {{north: 0.5, south: 0.4}}
    handle: {{exponential: 120}}
    patience: {{constant: 300}}
    {rules}
agents:
  north: {{count: 6, site: north, queues: [care], shift: 08:30-12:30, skills: {{opera: 1-5}}}}
""")


def test_callers_of_a_site_without_people() -> None:
    """They are served by the other at once, after half a minute, or not at all."""

    def played(rules: str) -> tuple[Results, measures.Row]:
        results = run(two_cities(rules), days=2)
        assert not results.refused
        return results, results.queue("care")

    _, anywhere = played("site_rule: any")
    assert anywhere.across == pytest.approx(0.4 * anywhere.answered, rel=0.2)
    results, later = played("site_rule: home\n    relax: [{after_s: 30, sites: [all]}]")
    assert (later.offered, later.across) == (anywhere.offered, pytest.approx(anywhere.across, rel=0.1))
    assert sum(wait >= 30 for wait in later.waits) >= later.across
    assert "across sites" in report(results)
    assert results.json()["total"]["across_sites"] == later.across
    _, never = played("site_rule: home")
    assert never.across == 0
    assert never.abandoned > 0.3 * never.offered


def test_five_sites_feel_like_one() -> None:
    """The scenario that ships, a twentieth of it: near first and any other at once, or each for itself."""
    whole = load(SCENARIOS / "five-sites.yaml")
    queues = tuple(
        replace(it, callers=replace(it.callers, per_hour=tuple(n / 20 for n in it.callers.per_hour)))
        for it in whole.queues
    )
    small = replace(whole, queues=queues, groups=tuple(replace(it, count=it.count // 20) for it in whole.groups))
    assert len(small.sites) == len(small.groups) == 5

    def played(site_rule: str) -> measures.Row:
        return run(replace(small, queues=tuple(replace(it, site_rule=site_rule) for it in queues))).total()

    one, near, apart = (played(rule) for rule in ("any", "near", "home"))
    assert service_level(near) == pytest.approx(service_level(one), abs=0.03), "as one centre"
    assert service_level(near) > 1.2 * service_level(apart), "more than five apart"
    assert 0 == apart.across < near.across < one.across, "no more crossings than needed"


def test_who_is_asked_is_the_queues_strategy() -> None:
    def had(strategy: str) -> Counter[str]:
        had: Counter[str] = Counter()
        play = Play(two_cities(f"strategy: {strategy}"), {e.AssignmentOffered: lambda x: had.update([x.agent])})
        play.run_day()
        best = max(play.engine.state.agents.values(), key=lambda it: dict(it.skills)["opera"]).id
        return Counter(best=had[best], all=had.total())

    expert_first, expert_last = had("longest_idle"), had("best_fit")
    assert expert_first["all"] == expert_last["all"]
    assert expert_first["best"] > 2 * expert_last["best"], "who can more is kept for who needs more"


def test_who_gave_up_calls_again() -> None:
    callers = BUSY.queues[0].callers
    again = replace(
        BUSY, queues=(replace(BUSY.queues[0], callers=replace(callers, redial=0.9, redial_after_s=60.0)),)
    )
    assert run(again).contacts > run(BUSY).contacts


def test_days_differ_as_much_as_they_should() -> None:
    """Counts of a busy queue vary by chance alone, or by chance and busyness."""
    quiet = replace(BUSY.queues[0], callers=replace(BUSY.queues[0].callers, day_cv=0.0))
    wild = replace(BUSY.queues[0], callers=replace(BUSY.queues[0].callers, day_cv=0.4))
    spread = []
    for queue in (quiet, wild):
        counts = run(replace(BUSY, queues=(queue,)), days=30).over_days(lambda row: float(row.offered))
        sure = interval(counts)
        assert sure is not None
        mean, half = sure
        assert abs(mean - 280) < 4 * half / 2
        spread.append(half)
    assert spread[1] > 3 * spread[0]


def test_progress_is_told() -> None:
    seen: list[tuple[int, float, int]] = []
    run(BUSY, days=4, progress=lambda *at: seen.append(at))
    assert seen
    assert [at[2] for at in seen] == sorted(at[2] for at in seen)


def test_the_command_prints_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "small.yaml"
    scenario.write_text(SMALL, encoding="utf-8")
    page, picture = tmp_path / "small.html", tmp_path / "small.svg"
    assert main(["simulate", str(scenario), "--days", "2", "--chart", str(page)]) == 0
    words = capsys.readouterr().out
    for word in ("care", "SL", "ASA", "P90", "occupancy", "genesys_like", "95 % confidence"):
        assert word in words
    sent_on = tmp_path / "sent_on.yaml"
    sent_on.write_text(SENT_ON, encoding="utf-8")
    assert main(["simulate", str(sent_on), "--chart", str(page)]) == 0
    assert "second line" in capsys.readouterr().out
    assert "Sent on" in page.read_text(encoding="utf-8")
    assert main(["simulate", str(scenario), "--json", "--chart", str(picture)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["total"]["offered"] == told["queues"]["care"]["offered"] > 0
    assert set(told["definitions"]) == set(told["total"]["service_level_by_definition"])
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), "it needs nothing from elsewhere"


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "bad.yaml"
    scenario.write_text(SMALL.replace("count: 4", "count: four"), encoding="utf-8")
    for arguments, words in (
        ([str(scenario)], "14:12: count is a number"),
        ([str(tmp_path / "none.yaml")], "cannot be read"),
        ([str(scenario), "--chart", "x.png"], ".html or .svg"),
        ([str(scenario), "--days", "0"], "days are 1 to"),
        ([str(scenario), "--seed", "-1"], "a seed is"),
    ):
        assert main(["simulate", *arguments]) == 1
        assert words in capsys.readouterr().err
