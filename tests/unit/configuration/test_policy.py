"""What a queue does with those whom it cannot serve, and with agents who do not answer."""

from __future__ import annotations

from typing import Any

import pytest

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api
from qingting.contexts.configuration.routing import Agent, Queue, Team
from qingting.contexts.configuration.schemas import Reason, Texts
from qingting.core.commands import Command, PutAgent, PutBreakLimit, PutPolicy, PutProfile, PutQueue
from qingting.core.engine import Engine
from qingting.core.policy import Overflow, Policy
from qingting.errors import Refused

from ..house import House, code_of, fields_of


def leads(*targets: str, when: str = "no_agents") -> list[dict[str, Any]]:
    return [{"when": when, "to": "queue", "target": target} for target in targets]


async def test_the_core_hears_what_changed_and_only_that(sqlite_house: House) -> None:
    house, told = sqlite_house, list[Command]()
    ada = await house.user("ada", "administrator")

    async def listen(changed: api.Changed) -> None:
        told.extend(changed.commands)

    house.configuration.listeners.append(listen)

    async def put(path: str, body: dict[str, Any]) -> list[Command]:
        told.clear()
        kind, _, id = path.partition("/")
        seen = await ada.get(f"/{path}")
        sent = (
            ada.put(f"/{path}", json=body | {"version": seen.json()["version"]})
            if seen.is_success
            else (ada.post(f"/{kind}", json=body | {"id": id}))
        )
        answer = await sent
        assert answer.is_success, answer.text
        return list(told)

    await put("reasons/break", {"name": "小休", "names": {"zh": "小休", "en": "Break"}})
    assert await put("queues/first", {"name": "First"}) == [PutQueue("first")]
    assert await put("queues/second", {"name": "Second", "second_line": True}) == [
        PutQueue("second", second_line=True)
    ]
    policy = {"at_once": 3, "misses": 2, "penalty_s": 30, "requeue_lost": True, "overflow": leads("second")}
    rules = (Overflow("no_agents", 0.0, "queue", "second"),)
    core = Policy(at_once=3, misses=2, penalty_s=30.0, requeue_lost=True, overflow=rules)
    assert await put("queues/first", {"name": "First", **policy}) == [PutPolicy("first", core)]
    assert await put("queues/first", {"name": "The first", **policy}) == []
    limit = {"breaks": {"reasons": ["break"], "most": 2}}
    assert await put("queues/first", {"name": "First", "ring_s": 20, **policy, **limit}) == [
        PutQueue("first", ring_s=20.0),
        PutBreakLimit("queue", "first", ("break",), 2),
    ]
    assert await put("teams/red", {"name": "Red", **limit}) == [PutBreakLimit("team", "red", ("break",), 2)]
    assert await put("agents/li", {"name": "Li", "number": "1001"}) == [PutAgent("li")]
    assert await put("agents/li", {"name": "Li", "number": "1001", "team": "red", "auto_answer": True}) == [
        PutProfile("li", "red", True)
    ]

    engine = Engine()
    for command in api.core_commands_of(house.configuration, house.tenant):
        engine.fold(engine.decide(command, 1.0))
    assert engine.state.queues["first"].policy == core
    assert {id: limit.most for (_, id), limit in engine.state.limits.items()} == {"first": 2, "red": 2}
    assert (engine.state.agents["li"].team, engine.state.agents["li"].auto_answer) == ("red", True)


async def test_round_in_circles_is_refused_with_the_way(house: House) -> None:
    ada = await house.user("ada", "administrator")
    for id, overflow in (("c", []), ("b", leads("c", when="closed")), ("a", leads("c", "b"))):
        body = {"id": id, "name": id.upper(), "overflow": overflow}
        assert (await ada.post("/queues", json=body)).status_code == 201
    answer = await ada.put("/queues/c", json={"name": "C", "version": 1, "overflow": leads("a")})
    assert code_of(answer) == (409, "configuration.overflow_loop")
    detail = answer.json()["error"]["detail"]
    assert detail["names"][0] == detail["names"][-1] == "C"
    assert detail["fields"] == {"overflow.0.target": "overflow.loop"}
    assert (await ada.get("/queues/c")).json()["overflow"] == []
    itself = await ada.post("/queues", json={"id": "d", "name": "D", "overflow": leads("d")})
    assert itself.json()["error"]["detail"]["names"] == ["D", "D"]

    # What others lead to stays, and says who they are.
    answer = await ada.delete("/queues/c")
    assert code_of(answer) == (409, "configuration.in_use")
    assert {use["name"] for use in answer.json()["error"]["detail"]["used_by"]} == {"A", "B"}


async def test_a_site_is_a_queue_that_stands_for_it(sqlite_house: House) -> None:
    ada = await sqlite_house.user("ada", "administrator")
    await ada.post("/sites", json={"id": "chengdu", "name": "成都"})
    far = (await ada.post("/queues", json={"id": "far", "name": "成都客服"})).json()
    near = {"id": "near", "name": "客服", "overflow": [{"when": "size", "limit": 20, "to": "site", "target": "far"}]}
    assert fields_of(await ada.post("/queues", json=near)) == {"overflow.0.target": "overflow.no_site"}
    changed = await ada.put("/queues/far", json={"name": "成都客服", "site": "chengdu", "version": far["version"]})
    assert changed.status_code == 200
    assert (await ada.post("/queues", json=near)).status_code == 201
    refused = await ada.put("/queues/far", json={"name": "成都客服", "version": changed.json()["version"]})
    assert fields_of(refused) == {"site": "queue.site_needed"}


async def test_at_the_start_no_old_way_stands_against_a_new_one(sqlite_house: House) -> None:
    """The core knows a→b; meanwhile it was turned round."""
    configuration = sqlite_house.configuration
    who = Identity(sqlite_house.tenant, "u1", "Ada", frozenset(PERMISSIONS))

    def queue(name: str, *targets: str) -> Queue:
        return Queue.model_validate({"name": name, "overflow": leads(*targets)})

    engine = Engine()

    def start() -> None:
        for command in [
            *api.core_commands_of(configuration, sqlite_house.tenant),
            *api.surplus_in_core(configuration, sqlite_house.tenant, list(engine.state.queues), []),
        ]:
            engine.fold(engine.decide(command, 1.0))

    for id, targets in (("z", []), ("b", ["z"]), ("a", ["b"])):
        await api.create(configuration, who, "queues", queue(id, *targets), id=id)
    start()
    await api.replace(configuration, who, "queues", "a", 1, queue("a"))
    await api.replace(configuration, who, "queues", "b", 1, queue("b", "a"))
    await api.remove(configuration, who, "queues", "z")
    start()
    assert {id: [rule.target for rule in q.policy.overflow] for id, q in engine.state.queues.items()} == {
        "a": [],
        "b": ["a"],
    }


async def test_a_break_limit_goes_with_its_team_and_forgets_what_is_retired(sqlite_house: House) -> None:
    configuration, asked = sqlite_house.configuration, list[Command]()
    who = Identity(sqlite_house.tenant, "u1", "Ada", frozenset(PERMISSIONS))

    async def ask(tenant: str, command: Command) -> None:
        asked.append(command)

    configuration.before_removal = ask
    reason = Reason(name="小休", names=Texts(zh="小休", en="Break"))
    await api.create(configuration, who, "reasons", reason, id="break")
    team = Team.model_validate({"name": "Red", "breaks": {"reasons": ["break"], "most": 1}})
    await api.create(configuration, who, "teams", team, id="red")
    await api.create(configuration, who, "agents", Agent(name="Li", number="1001", team="red"), id="li")
    await api.replace(configuration, who, "reasons", "break", 1, reason.model_copy(update={"retired": True}))
    assert PutBreakLimit("team", "red") in api.core_commands_of(configuration, sqlite_house.tenant)
    with pytest.raises(Refused, match=r"configuration\.in_use"):
        await api.remove(configuration, who, "teams", "red")
    await api.remove(configuration, who, "agents", "li")
    await api.remove(configuration, who, "teams", "red")
    assert asked[-1] == PutBreakLimit("team", "red")
