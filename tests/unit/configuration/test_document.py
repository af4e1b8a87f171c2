"""The whole configuration as one document: out of one house, into another, refused as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qingting import cli
from qingting.contexts.configuration import api, demo, document
from qingting.contexts.configuration.routing import Condition, Queue, Rule
from qingting.contexts.configuration.schemas import Flow, Skill
from qingting.contexts.configuration.view import Item, View
from qingting.core.commands import PutPolicy
from qingting.core.engine import Engine
from qingting.errors import Invalid, Refused
from qingting.yaml_tree import read_tree

from ..house import House, code_of
from .test_living import DEMO_FLOW, me

DOCUMENT = "/configuration/document"


async def test_out_of_one_house_into_another(house: House) -> None:
    """Everything of the demonstration, a draft that was never published, codes that look like numbers, a secret."""
    await demo.seed(house.configuration, house.tenant, DEMO_FLOW)
    ada = await house.user("ada", "administrator")
    for kind, body in (
        ("flows", {"id": "next", "name": "Next", "text": "# to come  \n\tnot a flow\n"}),
        ("rules", {"id": "no", "name": "001", "when": [{"attribute": "plan", "value": "001"}]}),
        ("rules", {"id": "yes", "name": "Yes: & *no", "when": [{"attribute": "plan", "value": 1.5}]}),
        ("trunks", {"id": "carrier", "name": "电信", "host": "192.0.2.9", "username": "u", "secret": "s3cret-words"}),
    ):
        assert (await ada.post(f"/{kind}", json=body)).status_code == 201
    main = (await ada.get("/flows/main")).json()
    later = main["text"] + "\n# later"
    changed = await ada.put("/flows/main", json={"name": main["name"], "text": later, "version": main["version"]})
    assert changed.status_code == 200, changed.text

    taken = await ada.get(DOCUMENT)
    assert taken.headers["content-type"].startswith("text/yaml")
    text = taken.text
    assert "s3cret" not in text
    assert "二线专家" in text
    assert (await ada.post(DOCUMENT, json={"text": text})).json()["changes"] == []
    assert len(await house.audited("configuration.export")) == 1

    # Numbers belong to one tenant alone: there they are told by name, and nothing else of it is taken either.
    bea = await house.user("bea", "administrator", tenant=house.other)
    refused = await bea.post(DOCUMENT, json={"text": text})
    assert code_of(refused) == (422, "configuration.problems")
    problems = refused.json()["error"]["detail"]["problems"]
    lines = text.splitlines()
    assert [(p["code"], lines[p["line"] - 1].strip()) for p in problems] == [
        ("key.taken", "key: '+861088880000'"),
        ("key.taken", "key: '10080'"),
        ("key.taken", "key: demo"),
    ]
    assert (await bea.get("/queues")).json()["total"] == 0

    for entry in (await ada.get("/entry-points")).json()["items"]:
        assert (await ada.delete(f"/entry-points/{entry['id']}")).status_code == 204
    looked = (await bea.post(DOCUMENT, json={"text": text, "only_look": True})).json()
    assert (await bea.get("/queues")).json()["total"] == 0
    told: list[api.Changed] = []

    async def hear(change: api.Changed) -> None:
        told.append(change)

    house.configuration.listeners.append(hear)
    brought = (await bea.post(DOCUMENT, json={"text": text})).json()
    assert brought == looked
    assert {one["how"] for one in brought["changes"] if one["kind"] != "settings"} == {"new"}
    assert [one["id"] for one in brought["without_secret"]] == ["carrier"]
    assert (await bea.get(DOCUMENT)).text == text
    again = (await bea.post(DOCUMENT, json={"text": text})).json()
    assert (again["changes"], again["left"], again["same"]) == ([], [], len(brought["changes"]))

    # A core that heard it knows as much as one that starts with it.
    core = Engine()
    for command in (command for change in told for command in change.commands):
        core.fold(core.decide(command, 1.0))
    assert set(core.state.queues) == {"sales", "service", "english", "experts"}
    everything = api.core_commands_of(house.configuration, house.other)
    assert [event for command in everything for event in core.decide(command, 2.0)] == []


async def test_what_it_says_is_changed_and_the_rest_is_left(house: House) -> None:
    await demo.seed(house.configuration, house.tenant, DEMO_FLOW)
    eve = await house.user("eve", "engineer")
    # Two change names with each other; queues lead to each other in an order that no single step could have.
    text = """\
qingting: 1
queues:
  sales: {name: 客服, overflow: [{when: closed, target: late}]}
  service: {name: 销售, ring_s: 20}
  late: {name: Late, auto_answer: yes}
flows:
  main: {name: Main, published: no, text: nothing yet}
"""
    looked = (await eve.post(DOCUMENT, json={"text": text, "only_look": True})).json()
    ring = next(one["fields"] for one in looked["changes"] if one["id"] == "service")
    assert (ring["ring_s"], ring["name"]) == ([15.0, 20.0], ["客服", "销售"])
    assert {(one["id"], one["how"]) for one in looked["changes"]} == {
        ("sales", "changed"), ("service", "changed"), ("late", "new"), ("main", "changed")
    }  # fmt: skip
    assert {"kind": "queues", "id": "english", "name": "English desk"} in looked["left"]
    told: list[api.Changed] = []

    async def hear(change: api.Changed) -> None:
        told.append(change)

    house.configuration.listeners.append(hear)
    assert (await eve.post(DOCUMENT, json={"text": text})).json() == looked
    view = house.configuration.of(house.tenant)
    assert (view.queues["sales"].name, view.queues["service"].name, len(view.queues)) == ("客服", "销售", 5)
    assert (view.published["main"], view.flows["main"].body.text) == (1, "nothing yet")
    assert await house.configuration.flow_text(house.tenant, "main", 1) == DEMO_FLOW
    policies = [command.queue for command in told[0].commands if isinstance(command, PutPolicy)]
    assert set(policies) == {"late", "sales", "service"}
    assert policies.index("late") < policies.index("sales")
    assert {a["action"] for a in await house.audited("queue.")} >= {"queue.create", "queue.change"}
    assert [a["detail"] for a in await house.audited("configuration.import")] == [{"changed": 3, "new": 1}]


WRONG: list[tuple[str, list[tuple[int, int, str]]]] = [
    ("queues: {}", [(1, 1, "document.bad_format")]),
    ("qingting: 2", [(1, 11, "document.bad_format")]),
    ("[1]", [(1, 1, "document.bad_shape")]),
    ("qingting: 1\nqueue: {}", [(2, 1, "document.unknown_kind")]),
    ("qingting: 1\nqueues: [a]", [(2, 9, "document.bad_shape")]),
    ("qingting: 1\nqueues: {Big: {name: B}}", [(2, 10, "id.bad")]),
    ("qingting: 1\nreasons: {system: {name: B}}", [(2, 11, "id.reserved")]),
    ("qingting: 1\nqueues: {a: &x {name: B}}", [(2, 13, "yaml.alias")]),
    ("qingting: 1\nqueues:\n  a:\n    name: A\n    rings: 3", [(5, 5, "extra_forbidden")]),
    ("qingting: 1\nqueues:\n  a:\n    name: A\n    ring_s: many", [(5, 5, "float_parsing")]),
    ("qingting: 1\nqueues:\n  a:\n    ring_s: 20", [(4, 5, "missing")]),
    ("qingting: 1\nqueues:\n  a:\n    name: A\n    relax:\n      - after_s: 0", [(6, 9, "greater_than_equal")]),
    ("qingting: 1\nqueues:\n  a:\n    name: A\n    requires:\n      x: 3", [(6, 7, "skill.unknown")]),
    ("qingting: 1\nqueues:\n  a:\n    name: A\n    dispositions: [x]", [(5, 20, "disposition.unknown")]),
    (
        "qingting: 1\nqueues:\n  a: {name: A, overflow: [{when: closed, target: b}]}\n"
        "  b: {name: B, overflow: [{when: closed, target: a}]}",
        [(3, 16, "configuration.overflow_loop"), (4, 16, "configuration.overflow_loop")],
    ),
    ("qingting: 1\nskills:\n  a: {name: A}\n  b: {name: A}", [(4, 7, "name.taken")]),
    ("qingting: 1\nagents:\n  a: {name: A, number: 1001}\n  b: {name: B, number: 1001}", [(4, 16, "number.taken")]),
    ("qingting: 1\nflows:\n  a: {name: A, text: 'x: 1', published: maybe}", [(3, 30, "extra_forbidden")]),
    (
        "qingting: 1\nflows:\n  a:\n    name: A\n    published: yes\n    text: |\n      nodes: {}\n",
        [(6, 5, "flow.bad_value"), (6, 5, "flow.missing_field")],
    ),
    (
        "qingting: 1\nflows:\n  a: {name: A}\nentry-points:\n  e: {name: E, key: '10086', flow: a}",
        [(5, 30, "flow.not_published")],
    ),
]


async def test_what_is_wrong_is_told_with_its_place(sqlite_house: House) -> None:
    for text, expected in WRONG:
        with pytest.raises(Invalid) as refused:
            await api.bring_in(sqlite_house.configuration, me(sqlite_house.tenant), text)
        problems = refused.value.detail["problems"]
        assert sorted((p["line"], p["column"], p["code"]) for p in problems) == sorted(expected), text
    assert sqlite_house.configuration.of(sqlite_house.tenant).items == {}


async def test_only_who_may_and_for_all_lines(sqlite_house: House) -> None:
    await api.create(sqlite_house.configuration, me(sqlite_house.tenant), "skills", Skill(name="One"))
    sup = await sqlite_house.user("sup", "supervisor")
    assert code_of(await sup.get(DOCUMENT)) == (403, "permission.missing")
    some = await sqlite_house.user("some", "administrator", lines=["telecom"])
    assert code_of(await some.get(DOCUMENT)) == (403, "scope.line")
    assert code_of(await some.post(DOCUMENT, json={"text": "qingting: 1"})) == (403, "scope.line")


async def test_a_listener_that_fails_leaves_it_imported(sqlite_house: House) -> None:
    async def fail(change: api.Changed) -> None:
        raise Refused("queue.in_use")

    sqlite_house.configuration.listeners.append(fail)
    with pytest.raises(Refused):
        await api.bring_in(sqlite_house.configuration, me(sqlite_house.tenant), "qingting: 1\nskills: {a: {name: A}}")
    assert "a" in sqlite_house.configuration.of(sqlite_house.tenant).skills


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@given(text=words, code=words.filter(bool), number=st.floats(-1e12, 1e12).map(lambda x: round(x, 3)))
def test_any_text_comes_back_as_it_was(text: str, code: str, number: float) -> None:
    conditions = [Condition(attribute="a", value=code), Condition(attribute="b", value=number)]
    view = View("t", items={
        "queues": {"q": Item("q", 1, Queue(name="1e3", music=text))},
        "rules": {"r": Item("r", 1, Rule(name="0x1", when=conditions))},
        "flows": {"f": Item("f", 1, Flow(name="~", text=text + "\n" + text))},
    })  # fmt: skip
    out = document.written(view, {"f": text})
    assert read_tree(out)[1] == []
    assert yaml.safe_load(out)["qingting"] == 1
    parts, problems = document.read(out)
    assert problems == []
    assert {part.kind: part.body for part in parts if part.kind != "settings"} == {
        kind: item.body for kind, items in view.items.items() for item in items.values()
    }
    assert next(part.published for part in parts if part.kind == "flows") == text


def test_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def qingting(*args: str) -> tuple[int, str]:
        code = cli.main([*args, "--data", str(tmp_path / "data")])
        told = capsys.readouterr()
        return code, told.out + told.err

    file = tmp_path / "configuration.yaml"
    assert qingting("config", "export", "-")[0] == 1
    assert qingting("tenant", "dragonfly", "蜻蜓电信")[0] == 0
    file.write_text("qingting: 1\nskills: {english: {name: 英语}}\nqueues: {q: {name: Q, requires: {english: 9}}}\n")
    code, told = qingting("config", "check", str(file))
    assert (code, "3:" in told, "nothing was changed" in told) == (1, True, True)
    file.write_text("qingting: 1\nskills: {english: {name: 英语}}\nqueues: {q: {name: Q, requires: {english: 3}}}\n")
    assert "2 would change" in qingting("config", "check", str(file))[1]
    assert "+ queues/q Q" in qingting("config", "import", str(file))[1]
    assert "0 changed, 2 are so already" in qingting("config", "import", str(file))[1]
    out = tmp_path / "out.yaml"
    assert qingting("config", "export", str(out))[0] == 0
    assert yaml.safe_load(out.read_text())["queues"] == {"q": {"name": "Q", "requires": {"english": 3}}}
    assert qingting("config", "export", str(tmp_path / "no" / "where"))[0] == 1
    assert qingting("config", "check", str(tmp_path / "nothing"))[0] == 1

    # Tables of an earlier program, which may be running on them: who only reads leaves them as they are.
    assert qingting("tables", "--to", "-1")[0] == 0
    for only_reads in ("export", "check"):
        code, told = qingting("config", only_reads, str(out))
        assert (code, "start the centre with it once" in told) == (1, True)
    assert qingting("config", "import", str(out))[0] == 0
    assert qingting("config", "check", str(out))[0] == 0


def test_a_flow_is_judged_among_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the page says of it: names that are not there, and queues whose customers it leaves without a way."""
    flow, known = tmp_path / "flow.yaml", tmp_path / "configuration.yaml"
    flow.write_text(
        "languages: [zh]\nperson: q\nnodes:\n  start: {say: 您好, next: ask}\n"
        "  ask: {queue: {to: q, requires: {english: 3}}}\n"
    )

    def lint(document: str) -> tuple[int, str]:
        known.write_text(document)
        code = cli.main(["flow", "lint", str(flow), "--config", str(known)])
        told = capsys.readouterr()
        return code, told.out + told.err

    queue = "{name: Q, overflow: [{when: no_agents, to: voicemail}]}"
    head = "qingting: 1\nskills: {english: {name: 英语}}\n"
    code, told = lint(f"{head}queues: {{other: {queue}}}\n")
    assert (code, "flow.unknown_queue" in told) == (1, True)
    agent = "agents: {a: {name: A, number: '7001', queues: [q], skills: {english: %d}}}\n"
    code, told = lint(f"{head}queues: {{q: {queue}}}\n{agent % 2}")
    assert (code, "flow.no_way_voicemail" in told, "flow.nobody_can" in told) == (0, True, True)
    assert lint(f"{head}queues: {{q: {{name: Q}}}}\n{agent % 3}") == (0, "")
    code, told = lint("qingting: 1\nqueue: {}\n")
    assert (code, "document.unknown_kind" in told) == (1, True)
