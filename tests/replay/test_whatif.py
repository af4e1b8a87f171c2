"""A recorded day under another policy: the day itself under its own, and what a change brings."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from qingting.core.policy import Policy as CorePolicy
from qingting.errors import Invalid
from qingting.runtime.whatif.document import Known, read_policy

from ..command_line import Ran, command_line
from . import day
from .recorded_day import TENANT, write_day

GOLDEN = Path(__file__).parent / "golden"
FIVE = "2026-03-02T17:50", "2026-03-02T18:40"
"""In the middle of the day, by the clock of Shanghai; calls go on over both ends."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    asyncio.run(write_day(folder / "journal.db"))
    return folder


def replay(folder: Path, *arguments: str, tenant: str = TENANT) -> Ran:
    return command_line("replay", tenant, *arguments, "--data", str(folder))


def what_if(folder: Path, policy: str, *arguments: str) -> dict[str, Any]:
    path = folder / "policy.yaml"
    path.write_text(policy, encoding="utf-8")
    ran = replay(folder, "--policy", str(path), "--json", *arguments)
    assert ran.returned == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("stretch", [(), ("--from", FIVE[0], "--to", FIVE[1])], ids=["all", "part"])
def test_under_its_own_policy_a_day_is_as_it_was(folder: Path, stretch: tuple[str, ...]) -> None:
    found = what_if(folder, "name: nothing else", *stretch)
    assert found["recorded"]["total"]["answered"] > 20
    assert found["whatif"] == found["recorded"]
    assert found["refused"] == found["left_out"] == {}


def test_a_day_of_everything_is_played_as_well(tmp_path: Path) -> None:
    """Consults, transfers, callbacks, overflow, breaks: who is asked beside the owner is told as left out."""
    asyncio.run(day.record(tmp_path / "journal.db", seed=5, contacts=200))
    found = what_if(tmp_path, "name: nothing else")
    then, now = found["recorded"]["total"], found["whatif"]["total"]
    # Visits that follow, by overflow and transfer, hang on who is free: the callers are the same.
    assert now["offered"] == pytest.approx(then["offered"], rel=0.3)
    assert min(then["callbacks"], now["callbacks"], then["overflowed"], now["overflowed"]) > 0
    assert found["left_out"]["Consult"] > 0
    assert "PutPolicy" not in found["left_out"]


def test_more_and_fewer_people(folder: Path) -> None:
    more = what_if(folder, "staffing: {add: [{like: early.1, count: 4}, {like: both.1, count: 3}]}")
    fewer = what_if(folder, "staffing: {without: [early.1, early.2, both.1]}")
    then = more["recorded"]["total"]
    assert (
        more["whatif"]["total"]["service_level"] > then["service_level"] > fewer["whatif"]["total"]["service_level"]
    )
    assert more["whatif"]["total"]["abandonment"] < then["abandonment"] < fewer["whatif"]["total"]["abandonment"]
    assert more["whatif"]["total"]["occupancy"] < then["occupancy"] < fewer["whatif"]["total"]["occupancy"]
    assert more["whatif"]["total"]["offered"] == then["offered"] == fewer["whatif"]["total"]["offered"]


def test_people_with_hours_of_their_own(folder: Path) -> None:
    found = what_if(folder, 'staffing: {add: [{like: early.1, count: 2, hours: "17:30-18:30"}]}')
    hours = {side: found[side]["total"]["signed_in_h"] for side in ("recorded", "whatif")}
    assert hours["whatif"] == pytest.approx(hours["recorded"] + 2, abs=0.01)


def test_other_rules_for_queues_skills_and_strategies(folder: Path) -> None:
    policy = """
name: billing first, by fewer skills
queues:
  billing: {requires: {billing: 1}, priority_s: 600, strategy: least_occupied}
  service: {relax: [{after_s: 30, lower: {zh: 0}, sites: [all]}], ring_s: 8, wrap_up_limit_s: 10}
agents:
  early.1: {queues: [service, billing], skills: {zh: 3, billing: 3}, ranks: {billing: 2}}
rules:
  all: {when: {grade: "!= gold"}, priority_s: 5, queues: [service]}
"""
    found = what_if(folder, policy)
    billing = [found[side]["queues"]["billing"] for side in ("recorded", "whatif")]
    assert billing[1]["asa_s"] < billing[0]["asa_s"]
    assert billing[1]["abandonment"] < billing[0]["abandonment"]
    assert found["whatif"]["queues"]["service"]["acw_s"] <= 10 < found["recorded"]["queues"]["service"]["acw_s"]


def test_other_overflow_and_offers_to_several_at_once(folder: Path) -> None:
    def queues(policy: str) -> list[dict[str, Any]]:
        found = what_if(folder, f"queues: {{service: {{{policy}}}}}")
        return [found[side]["queues"] for side in ("recorded", "whatif")]

    then, back = queues("overflow: [{when: waited, limit: 20, to: callback}]")
    assert then["service"]["flow_out"] == 0 < back["service"]["flow_out"]
    assert back["service"]["abandonment"] < then["service"]["abandonment"]
    _, elsewhere = queues("overflow: [{when: size, limit: 1, to: queue, target: billing}]")
    assert elsewhere["billing"]["offered"] > then["billing"]["offered"]
    _, together = queues("at_once: 3, misses: 0")
    assert together["service"]["offered"] == then["service"]["offered"]
    assert together["service"]["asa_s"] < then["service"]["asa_s"]
    path = folder / "circle.yaml"
    there, back = "{when: closed, target: billing}", "{when: closed, target: service}"
    path.write_text(f"queues:\n  service: {{overflow: [{there}]}}\n  billing: {{overflow: [{back}]}}\n")
    assert "3:3: " in (said := replay(folder, "--policy", str(path)).stderr)
    assert "(configuration.overflow_loop)" in said


def test_phones_that_answer_by_themselves_and_more_time_to_wrap_up(folder: Path) -> None:
    """Of the queue, and of one agent; nobody misses what their phone takes."""
    found = what_if(folder, "queues: {service: {auto_answer: yes}}\nagents: {both.1: {auto_answer: yes}}")
    then, now = (found[side]["queues"]["service"] for side in ("recorded", "whatif"))
    assert now["asa_s"] < then["asa_s"]
    assert now["offered"] == then["offered"]
    alone = what_if(folder, "agents: {early.1: {auto_answer: yes}}\nstaffing: {add: [{like: early.1}]}")
    assert now["asa_s"] < alone["whatif"]["queues"]["service"]["asa_s"] < then["asa_s"]
    found = what_if(folder, "queues: {service: {extend_wrap_up_s: 60}}")
    then, longer = (found[side]["queues"]["service"]["acw_s"] for side in ("recorded", "whatif"))
    assert longer > then, "who ran into the limit of a minute had more to do"
    shorter = what_if(folder, "queues: {service: {wrap_up_limit_s: 10, extend_wrap_up_s: 20}}")
    assert 10 < shorter["whatif"]["queues"]["service"]["acw_s"] < then


def test_every_field_of_a_queues_policy_can_be_set(folder: Path) -> None:
    """Nothing that Manage knows of it is unknown here."""
    fields = {
        "at_once": 2, "auto_answer": "yes", "misses": 2, "penalty_s": 5, "requeue_lost": "yes", "grace_s": 40,
        "extend_wrap_up_s": 30, "callback_first": "customer", "callback_attempts": 2, "callback_retry_s": 60,
        "callback_expires_s": 600,
    }  # fmt: skip
    text = "queues:\n  service:\n    overflow: [{when: waited, limit: 90, to: callback}]\n"
    text += "".join(f"    {field}: {value}\n" for field, value in fields.items())
    (policy,) = read_policy(text, KNOWN).policies.values()
    assert policy.keys() == set(CorePolicy._fields)
    found = what_if(folder, text)
    then, now = (found[side]["queues"]["service"] for side in ("recorded", "whatif"))
    assert now["callbacks"] > then["callbacks"]
    assert now["asa_s"] < then["asa_s"]


def test_where_a_customer_goes_whose_agent_was_lost_is_the_policys(tmp_path: Path) -> None:
    """Of a journal in which lines broke: recorded, such calls were over; now they wait again."""
    asyncio.run(write_day(tmp_path / "journal.db", lost_every=4))
    same = what_if(tmp_path, "name: nothing else")
    assert same["whatif"] == same["recorded"]
    then, now = (what_if(tmp_path, "queues: {service: {requeue_lost: yes}}")[side] for side in ("recorded", "whatif"))
    assert now["queues"]["service"]["offered"] > then["queues"]["service"]["offered"]
    assert now["queues"]["billing"]["offered"] == then["queues"]["billing"]["offered"]


def test_in_words(folder: Path) -> None:
    path = folder / "policy.yaml"
    path.write_text("name: two more\nstaffing: {add: [{like: early.1, count: 2}]}", encoding="utf-8")
    said = replay(folder, "--policy", str(path)).stdout
    assert said.startswith("What if: two more\n2026-03-02 ")
    assert "never told how\n  long they would have waited" in said
    assert "mean patience is\n  billing " in said


def test_a_faulty_policy_is_refused_with_its_places(folder: Path) -> None:
    path = folder / "faulty.yaml"
    path.write_text("name: x\nqueues:\n  service:\n    stategy: longest_idle\n  sales: {}\n", encoding="utf-8")
    ran = replay(folder, "--policy", str(path))
    assert (ran.returned, ran.stdout) == (1, "")
    assert "4:5: the queue 'service' has no field 'stategy' (policy.unknown_field)" in ran.stderr
    assert "5:3: queues: there is no 'sales' here (policy.unknown_name)" in ran.stderr
    path.write_text("queues:\n  service:\n    relax: [{after_s: 60}, {after_s: 30}]\n", encoding="utf-8")
    ran = replay(folder, "--policy", str(path))
    assert "3:28: each step of relaxation comes after the one before (policy.bad_value)" in ran.stderr
    assert "cannot be read" in replay(folder, "--policy", str(folder / "nowhere.yaml")).stderr


KNOWN = Known({"service"}, {"lin"}, {"zh"}, {"beijing"}, {"gold"})


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("surprise: 1", ["1:1 policy.unknown_field"]),
        ("queues: 3", ["1:9 policy.bad_value"]),
        ("queues: {service: {ring_s: soon}}", ["1:28 policy.bad_value"]),
        ("queues: {service: {ring_s: 0}}", ["1:28 policy.bad_value"]),
        ("queues: {service: {strategy: best}}", ["1:30 policy.unknown_name"]),
        ("queues: {service: {closed: maybe}}", ["1:28 policy.bad_value"]),
        ("queues: {service: {requires: {zh: 6}}}", ["1:35 policy.bad_value"]),
        ("queues: {service: {requires: {zh: 1.5}}}", ["1:35 policy.bad_value"]),
        ("queues: {service: {relax: [{lower: {zh: 1}}]}}", ["1:28 policy.missing"]),
        ("queues: {service: {service_level: {target: 80}}}", ["1:44 policy.bad_value"]),
        ("queues: {service: {at_once: 11}}", ["1:29 policy.bad_value"]),
        ("queues: {service: {misses: many}}", ["1:28 policy.bad_value"]),
        ("queues: {service: {overflow: [{when: it_rains, to: message}]}}", ["1:38 policy.unknown_name"]),
        ("queues: {service: {overflow: [{when: size, to: callback}]}}", ["1:31 policy.missing"]),
        ("queues: {service: {overflow: [{when: closed, target: sales}]}}", ["1:54 policy.unknown_name"]),
        ("queues: {service: {overflow: [{when: closed, to: message, until: 3}]}}", ["1:59 policy.unknown_field"]),
        ("agents: {lin: {skills: {it: 2}}}", ["1:25 policy.unknown_name"]),
        ("rules: {new: {priority_s: 60}}", ["1:14 policy.missing"]),
        ('rules: {new: {when: {years: ">= many"}}}', ["1:29 policy.bad_value"]),
        ("staffing: {add: [{count: 2}]}", ["1:18 policy.missing"]),
        ("staffing: {add: [{like: lin, count: 501}]}", ["1:37 policy.bad_value"]),
        ("staffing: {without: [wang]}", ["1:22 policy.unknown_name"]),
        ('staffing: {add: [{like: lin, hours: "18:00-09:00"}]}', ["1:37 policy.bad_value"]),
        ("a: &x 1\nb: *x", ["1:4 yaml.alias"]),
        ("", ["1:1 yaml.empty"]),
    ],
)  # fmt: skip
def test_every_fault_has_its_place(text: str, places: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_policy(text, KNOWN)
    assert refused.value.code == "policy.problems"
    found = ["{line}:{column} {code}".format(**problem) for problem in refused.value.detail["problems"]]
    assert found == places


def test_a_stretch_by_instants(folder: Path) -> None:
    whole = replay(folder)
    assert whole.returned == 0
    assert "Every decision is the same, byte for byte." in whole.stdout
    part = replay(folder, "--from", FIVE[0], "--to", FIVE[1])
    entries = part.stdout.split("entries ")[1].split(",")[0:1]
    assert part.returned == 0
    assert entries != whole.stdout.split("entries ")[1].split(",")[0:1]
    by_day = replay(folder, "--from", "2026-03-02", "--to", "2026-03-02")
    assert by_day.stdout.splitlines()[-2:] == whole.stdout.splitlines()[-2:]
    assert "(replay.bad_instant)" in replay(folder, "--from", "yesterday").stderr
    assert "(replay.bad_order)" in replay(folder, "--from", "2031-01-01", "--to", "2031-01-02").stderr


@pytest.mark.parametrize("journal", sorted(GOLDEN.glob("*.db")), ids=lambda path: path.stem)
def test_journals_of_earlier_builds_fold(journal: Path, tmp_path: Path) -> None:
    shutil.copy(journal, tmp_path / "journal.db")
    ran = replay(tmp_path, "--fold-only")
    assert ran.returned == 0, ran.stderr
    assert "Only folded" in ran.stdout
