"""Generated days: the same seed is the same day, nobody gets lost, and what is told adds up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from qingting.cli import main
from qingting.core import events as e
from qingting.runtime.simulate import measures
from qingting.runtime.simulate.document import read_scenario
from qingting.runtime.simulate.play import Play
from qingting.runtime.simulate.results import Results, interval
from qingting.runtime.simulate.run import run
from qingting.runtime.simulate.scenario import Scenario

from .test_scenario import SMALL

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
