"""The configuration over the real application, on both databases."""

from __future__ import annotations

from typing import Any

from qingting.contexts.configuration.api import Changed
from qingting.core.commands import PutAgent, PutDay, Sharing

from ..house import FLOW, House, code_of, fields_of


async def test_made_seen_changed_and_removed(house: House) -> None:
    ada = await house.user("ada", "administrator")
    made = await ada.post("/skills", json={"name": "英语", "id": "english"})
    assert made.status_code == 201, made.text
    assert made.json() == {"id": "english", "version": 1, "name": "英语", "kind": "skill"}

    queue = (await ada.post("/queues", json={"name": "Desk", "requires": {"english": 3}, "ring_s": 12})).json()
    assert (queue["requires"], queue["ring_s"], queue["service_level_target"]) == ({"english": 3}, 12.0, 0.8)
    changed = await ada.put(f"/queues/{queue['id']}", json={"name": "Desk 2", "version": 1, "closed": True})
    assert (changed.json()["version"], changed.json()["closed"], changed.json()["requires"]) == (2, True, {})
    assert (await ada.get(f"/queues/{queue['id']}")).json() == changed.json()
    listed = (await ada.get("/queues")).json()
    assert (listed["total"], [q["name"] for q in listed["items"]]) == (1, ["Desk 2"])

    assert (await ada.delete(f"/queues/{queue['id']}")).status_code == 204
    assert code_of(await ada.get(f"/queues/{queue['id']}")) == (404, "queue.unknown")
    assert {a["action"] for a in await house.audited("queue.")} == {"queue.create", "queue.change", "queue.delete"}
    [change] = await house.audited("queue.change")
    assert change["detail"]["changes"]["closed"] == [False, True]


async def test_a_stale_version_is_refused(house: House) -> None:
    ada = await house.user("ada", "administrator")
    site = (await ada.post("/sites", json={"name": "北京"})).json()
    assert (await ada.put(f"/sites/{site['id']}", json={"name": "Beijing", "version": 1})).status_code == 200
    answer = await ada.put(f"/sites/{site['id']}", json={"name": "Peking", "version": 1})
    assert code_of(answer) == (409, "changed_meanwhile")
    assert (await ada.get(f"/sites/{site['id']}")).json()["name"] == "Beijing"


VIP = {"attribute": "vip", "value": "yes"}


UNACCEPTABLE: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("queues", {"name": "Q", "line": "x"}, {"line": "line.unknown"}),
    ("queues", {"name": "Q", "requires": {"x": 3}}, {"requires.x": "skill.unknown"}),
    ("queues", {"name": "Q", "relax": [{"after_s": 9, "lower": {"x": 0}}]}, {"relax.0.lower.x": "skill.unknown"}),
    ("queues", {"name": "Q", "relax": [{"after_s": 9, "sites": ["x"]}]}, {"relax.0.sites.x": "site.unknown"}),
    ("queues", {"name": "Q", "relax": [{"after_s": 9}, {"after_s": 9}]}, {"relax": "relax.order"}),
    ("queues", {"name": "Q", "strategy": "best"}, {"strategy": "literal_error"}),
    ("rules", {"name": "R", "when": []}, {"when": "too_short"}),
    ("rules", {"name": "R", "when": [VIP], "requires": {"x": 1}}, {"requires.x": "skill.unknown"}),
    ("rules", {"name": "R", "when": [VIP], "queues": ["x"]}, {"queues.x": "queue.unknown"}),
    ("rules", {"name": "R", "when": [VIP | {"operator": ">="}]}, {"when.0.value": "rule.number_needed"}),
    ("agents", {"name": "A", "number": "1001", "ranks": {"x": 1}}, {"ranks.x": "agent.not_in_queue"}),
    ("agents", {"name": "A", "number": "1001", "capacity": {"fax": 1}}, {"capacity.fax.[key]": "literal_error"}),
    ("queues", {"name": "Q", "hours": "x", "site": "x"}, {"hours": "hours.unknown", "site": "site.unknown"}),
    (
        "queues",
        {"name": "Q", "at_once": 0, "misses": 101},
        {"at_once": "greater_than_equal", "misses": "less_than_equal"},
    ),
    (
        "queues",
        {"name": "Q", "overflow": [{"when": "size", "to": "message"}]},
        {"overflow.0.limit": "overflow.limit_needed"},
    ),
    (
        "queues",
        {"name": "Q", "overflow": [{"when": "waited", "limit": 1e5, "to": "message"}]},
        {"overflow.0.limit": "overflow.too_long"},
    ),
    ("queues", {"name": "Q", "overflow": [{"when": "closed"}]}, {"overflow.0.target": "overflow.target_needed"}),
    (
        "queues",
        {"name": "Q", "overflow": [{"when": "closed", "target": "x"}]},
        {"overflow.0.target": "queue.unknown"},
    ),
    (
        "queues",
        {"name": "Q", "overflow": [{"when": "never", "to": "message"}]},
        {"overflow.0.when": "literal_error"},
    ),
    (
        "queues",
        {"name": "Q", "overflow": [{"when": "out_of_hours", "to": "message"}]},
        {"overflow.0.when": "overflow.hours_needed"},
    ),
    ("queues", {"name": "Q", "breaks": {"reasons": ["x"]}}, {"breaks.reasons.x": "reason.unknown"}),
    ("teams", {"name": "T", "breaks": {"most": -1}}, {"breaks.most": "greater_than_equal"}),
    ("agents", {"name": "A", "number": "1001", "team": "x"}, {"team": "team.unknown"}),
    ("queues", {"name": "Q", "requires": {"x": 9}}, {"requires.x": "less_than_equal"}),
    ("queues", {"name": "Q", "ring_s": "NaN"}, {"ring_s": "less_than_equal"}),
    ("queues", {"name": "", "color": "red"}, {"name": "string_too_short", "color": "extra_forbidden"}),
    ("queues", {"name": "Q", "id": "../x"}, {"id": "string_pattern_mismatch"}),
    ("agents", {"name": "A", "number": "1", "queues": ["x"]}, {"number": "string_pattern_mismatch"}),
    ("agents", {"name": "A", "number": "1001", "queues": ["x"]}, {"queues.x": "queue.unknown"}),
    ("hours", {"name": "H", "timezone": "Mars/Base"}, {"timezone": "timezone.unknown"}),
    ("hours", {"name": "H", "closed_dates": ["2026-02-30"]}, {"closed_dates.0": "hours.bad_date"}),
    ("entry-points", {"name": "E", "key": "call me", "flow": "x"}, {"key": "number.bad"}),
    ("entry-points", {"name": "E", "key": "10086", "flow": "x"}, {"flow": "flow.unknown"}),
    ("trunks", {"name": "T", "host": "h", "addresses": ["nowhere"]}, {"addresses.0": "address.bad"}),
    ("trunks", {"name": "T", "host": "h", "register": True}, {"username": "trunk.username_needed"}),
    ("destinations", {"name": "D", "pattern": "+86", "permission": "all"}, {"permission": "permission.unknown"}),
    ("reasons", {"name": "R", "id": "system", "names": {"zh": "", "en": ""}}, {"id": "id.reserved"}),
]


async def test_what_no_rule_accepts_names_its_fields(sqlite_house: House) -> None:
    ada = await sqlite_house.user("ada", "administrator")
    for kind, body, fields in UNACCEPTABLE:
        assert fields_of(await ada.post(f"/{kind}", json=body)) == fields, (kind, body)
        assert (await ada.get(f"/{kind}")).json()["items"] == []


async def test_hours_run_forward_and_apart(sqlite_house: House) -> None:
    ada = await sqlite_house.user("ada", "administrator")
    for spans, code in (
        ([["09:00", "09:00"]], "hours.order"),
        ([["18:00", "09:00"]], "hours.order"),
        ([["13:00", "18:00"], ["09:00", "14:00"]], "hours.overlap"),
    ):
        answer = await ada.post("/hours", json={"name": "H", "weekly": {"mon": spans}})
        assert fields_of(answer) == {"weekly": code}


async def test_what_must_be_there_once(house: House) -> None:
    ada = await house.user("ada", "administrator")
    eve = await house.user("eve", "administrator", tenant=house.other)
    first = (await ada.post("/agents", json={"name": "王小兰", "number": "3850"})).json()
    assert fields_of(await ada.post("/agents", json={"name": "王小兰", "number": "3850"})) == {
        "number": "number.taken"
    }
    assert (await ada.post("/agents", json={"name": "王小兰", "number": "3851"})).status_code == 201
    assert (await eve.post("/agents", json={"name": "王小兰", "number": "3850"})).status_code == 201
    for who in (ada, eve):
        await publish_flow(house, who)
    number = {"name": "总机", "key": "010 8888 0000", "flow": "main"}
    assert (await ada.post("/entry-points", json=number)).json()["key"] == "+861088880000"
    # A dialled number leads to one tenant; callers of an area of their own may be led elsewhere.
    assert fields_of(await eve.post("/entry-points", json=number)) == {"key": "key.taken"}
    assert (await eve.post("/entry-points", json={**number, "localities": ["0755"]})).status_code == 201
    # What was given up can be taken.
    assert (
        await ada.put(f"/agents/{first['id']}", json={"name": "王", "number": "9", "version": 1})
    ).status_code == 422
    assert (await ada.put(f"/agents/{first['id']}", json={"name": "王", "number": "99", "version": 1})).is_success
    assert (await ada.post("/agents", json={"name": "李", "number": "3850"})).status_code == 201


async def test_what_is_in_use_stays(house: House) -> None:
    ada = await house.user("ada", "administrator")
    await publish_flow(house, ada)
    await ada.post("/agents", json={"name": "王", "number": "1001", "queues": ["sales"], "id": "wang"})
    answer = await ada.delete("/queues/sales")
    assert code_of(answer) == (409, "configuration.in_use")
    assert {(u["kind"], u["id"]) for u in answer.json()["error"]["detail"]["used_by"]} == {
        ("agents", "wang"),
        ("flows", "main"),
    }
    await ada.post("/reasons", json={"name": "小休", "id": "break", "names": {"zh": "小休", "en": "Break"}})
    assert code_of(await ada.delete("/reasons/break")) == (409, "configuration.retire_instead")


async def test_a_flow_that_asks_for_what_nobody_has_is_warned_of_and_may_be_published(sqlite_house: House) -> None:
    ada = await sqlite_house.user("ada", "administrator")
    await ada.post("/skills", json={"id": "billing", "name": "账务"})
    await ada.post("/queues", json={"id": "sales", "name": "Sales"})
    sqlite_house.configuration.servable = lambda tenant, queue, skills: skills != (("billing", 5),)
    text = "languages: [zh]\nperson: sales\nnodes:\n  main:\n    queue: {to: sales, requires: {billing: 5}}\n"
    made = (await ada.post("/flows", json={"id": "main", "name": "Main", "text": text})).json()
    assert made["problems"] == []
    assert [(it["line"], it["code"]) for it in made["warnings"]] == [(4, "flow.nobody_can")]
    assert (await ada.post("/flows/main/publish", json={"version": 1})).json()["warnings"] == made["warnings"]
    checked = (await ada.post("/flows/check", json={"text": text.replace("5", "3")})).json()
    assert checked == {"problems": [], "warnings": [], "failures": []}
    sqlite_house.configuration.voiced = lambda language: language != "zh"
    checked = (await ada.post("/flows/check", json={"text": text.replace("5", "3")})).json()
    assert [it["code"] for it in checked["warnings"]] == ["flow.no_voice"]


async def test_a_policy_that_leads_to_what_the_flow_has_no_way_for_is_warned_of(sqlite_house: House) -> None:
    """Also by way of another queue; what one node says holds for the person as well."""
    ada = await sqlite_house.user("ada", "administrator")
    voicemail = [{"when": "no_agents", "to": "voicemail"}]
    await ada.post("/queues", json={"id": "night", "name": "Night", "overflow": voicemail})
    to_night = [{"when": "closed", "to": "queue", "target": "night"}]
    sales = (await ada.post("/queues", json={"id": "sales", "name": "Sales", "overflow": to_night})).json()
    assert sales["warnings"] == [], "no flow leads into it yet"
    text = "languages: [zh]\nperson: sales\nnodes:\n  main:\n    queue: {to: sales}\n"
    made = (await ada.post("/flows", json={"id": "main", "name": "Main", "text": text})).json()
    assert [(it["line"], it["code"]) for it in made["warnings"]] == [
        (2, "flow.no_way_voicemail"),
        (4, "flow.no_way_voicemail"),
    ]
    await ada.post("/flows/main/publish", json={"version": 1})
    assert (await ada.get("/configuration/warnings")).json()["items"] == [], "nobody comes by it yet"
    await ada.post("/lines", json={"id": "l", "name": "L"})
    entry = {"id": "e", "name": "E", "kind": "web", "key": "e", "line": "l", "flow": "main", "language": "zh"}
    assert (await ada.post("/entry-points", json=entry)).status_code == 201
    (told,) = (await ada.get("/configuration/warnings")).json()["items"]
    assert (told["code"], told["queue"], told["flow"], told["to"]) == (
        "overflow.no_way",
        "night",
        "main",
        "voicemail",
    )
    assert (await ada.get("/queues/night")).json()["warnings"] == [told]

    text = text.replace("{to: sales}", "{to: sales, overflow: {voicemail: word}}") + "  word:\n    voicemail: {}\n"
    changed = (await ada.put("/flows/main", json={"version": 1, "name": "Main", "text": text})).json()
    assert (changed["problems"], changed["warnings"]) == ([], [])
    await ada.post("/flows/main/publish", json={"version": 2})
    assert (await ada.get("/configuration/warnings")).json()["items"] == []


async def test_a_flow_is_drafted_checked_and_published(house: House) -> None:
    ada = await house.user("ada", "administrator")
    broken = (await ada.post("/flows", json={"name": "Main", "id": "main", "text": "nodes: ["})).json()
    assert broken["published_version"] == 0
    assert [p["code"] for p in broken["problems"]] == ["yaml.syntax"]
    answer = await ada.post("/flows/main/publish", json={"version": 1})
    assert code_of(answer) == (422, "flow.problems")
    draft = (await ada.put("/flows/main", json={"name": "Main", "version": 1, "text": FLOW})).json()
    assert {p["code"] for p in draft["problems"]} == {"flow.unknown_queue"}, "its queues are not there yet"
    assert all(p["line"] > 0 for p in draft["problems"])
    for queue in ("sales", "service"):
        await ada.post("/queues", json={"name": queue, "id": queue})
    assert (await ada.post("/flows/check", json={"text": FLOW})).json() == {
        "problems": [],
        "warnings": [],
        "failures": [],
    }
    published = (await ada.post("/flows/main/publish", json={"version": 2})).json()
    assert (published["published_version"], published["problems"]) == (1, [])
    assert await house.configuration.flow_text(house.tenant, "main", 1) == FLOW
    # A new draft changes nothing for callers.
    await ada.put("/flows/main", json={"name": "Main", "version": 2, "text": "languages: [zh]"})
    assert await house.configuration.flow_text(house.tenant, "main", 1) == FLOW


async def test_how_trunks_stand_is_told_to_their_own_tenant(house: House) -> None:
    ada = await house.user("ada", "administrator")
    await ada.post("/trunks", json={"id": "line", "name": "Carrier", "host": "sip.example.cn"})
    told = (await ada.get("/trunk-states")).json()
    assert told == {"items": [{"id": "line", "state": "ready", "why": f"line of {house.tenant}"}]}


async def test_secrets_go_in_and_never_come_out(house: House) -> None:
    ada = await house.user("ada", "administrator")
    trunk = {"name": "Carrier", "host": "sip.example.cn", "register": True, "username": "u1", "secret": "s3cr3t-word"}
    made = await ada.post("/trunks", json=trunk)
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert made.json()["has_secret"] is True
    assert "s3cr3t-word" not in made.text + (await ada.get("/trunks")).text
    assert "s3cr3t-word" not in str(await house.audited("trunk."))
    from qingting.contexts.configuration import api

    assert api.trunks(house.configuration, house.tenant)[0].secret == "s3cr3t-word"
    # Left out it stays, empty it goes.
    without = {k: v for k, v in trunk.items() if k != "secret"}
    assert (await ada.put(f"/trunks/{id}", json={**without, "version": 1})).json()["has_secret"] is True
    assert (await ada.put(f"/trunks/{id}", json={**without, "version": 2, "secret": ""})).json()[
        "has_secret"
    ] is False

    await ada.post("/agents", json={"name": "王", "number": "1001", "id": "wang"})
    phone = (await ada.post("/agents/wang/phone")).json()
    assert (phone["host"], phone["port"], phone["transport"]) == ("192.0.2.1", 5060, "udp")
    assert "1001" not in phone["username"]
    [endpoint] = api.phones(house.configuration, house.tenant)
    assert (endpoint.name, endpoint.secret, endpoint.owner) == (phone["username"], phone["secret"], "agent:wang")
    second = (await ada.post("/agents/wang/phone")).json()
    assert second["secret"] != phone["secret"]
    assert [p.name for p in api.phones(house.configuration, house.tenant)] == [second["username"]]
    assert (await ada.delete("/agents/wang/phone")).status_code == 204
    assert api.phones(house.configuration, house.tenant) == []
    assert code_of(await ada.delete("/agents/wang/phone")) == (404, "phone.unknown")


async def test_settings_have_defaults_and_versions(house: House) -> None:
    ada = await house.user("ada", "administrator")
    settings = (await ada.get("/settings")).json()
    assert (settings["version"], settings["timezone"], settings["consent_announcement"]) == (0, "Asia/Shanghai", True)
    answer = await ada.put("/settings", json={"version": 0, "company_name": "蜻蜓", "timezone": "Asia/Urumqi"})
    assert (answer.json()["version"], answer.json()["company_name"]) == (1, "蜻蜓")
    assert code_of(await ada.put("/settings", json={"version": 0})) == (409, "changed_meanwhile")
    assert house.configuration.of(house.tenant).settings.body.timezone == "Asia/Urumqi"


async def test_permission_tenant_and_line_bound_what_one_may_do(sqlite_house: House) -> None:
    house = sqlite_house
    ada = await house.user("ada", "administrator")
    for line in ("north", "south"):
        await ada.post("/lines", json={"name": line, "id": line})
        await ada.post("/queues", json={"name": f"Q {line}", "id": f"q-{line}", "line": line})
    wang = await house.user("wang", "agent")
    assert code_of(await wang.get("/queues")) == (403, "permission.missing")
    lin = await house.user("lin", "supervisor")
    assert (await lin.get("/queues")).json()["total"] == 2
    assert code_of(await lin.post("/queues", json={"name": "Q"})) == (403, "permission.missing")
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert (await eve.get("/queues")).json()["total"] == 0
    assert code_of(await eve.put("/queues/q-north", json={"name": "Q", "version": 1})) == (404, "queue.unknown")
    north = await house.user("north", "engineer", lines=["north"])
    assert [q["id"] for q in (await north.get("/queues")).json()["items"]] == ["q-north"]
    assert code_of(await north.get("/queues/q-south")) == (404, "queue.unknown")
    body = {"name": "Q north", "version": 1, "line": "north", "closed": True}
    assert (await north.put("/queues/q-north", json=body)).status_code == 200
    moved = {**body, "version": 2, "line": "south"}
    assert code_of(await north.put("/queues/q-north", json=moved)) == (403, "scope.line")
    assert code_of(await north.post("/skills", json={"name": "S"})) == (403, "scope.line")


async def test_lists_come_in_pages(sqlite_house: House) -> None:
    ada = await sqlite_house.user("ada", "administrator")
    for n in range(7):
        await ada.post("/skills", json={"name": f"Skill {n}"})
    seen, cursor = [], ""
    while cursor is not None:
        page = (await ada.get("/skills", params={"limit": 3, "cursor": cursor})).json()
        seen += [i["name"] for i in page["items"]]
        cursor = page["next"]
    assert seen == [f"Skill {n}" for n in range(7)]
    assert fields_of(await ada.get("/skills", params={"cursor": "nonsense"})) == {"cursor": "cursor.bad"}
    assert (await ada.get("/skills", params={"q": "skill 3"})).json()["total"] == 1


async def test_listeners_hear_what_the_core_must_know_after_the_commit(sqlite_house: House) -> None:
    house, heard = sqlite_house, list[Changed]()

    async def listen(changed: Changed) -> None:
        assert (changed.id in house.configuration.of(changed.tenant).of(changed.kind)) is not changed.removed
        heard.append(changed)

    house.configuration.listeners.append(listen)
    ada = await house.user("ada", "administrator")
    await ada.post("/queues", json={"name": "Sales", "id": "sales"})
    await ada.post("/queues", json={"name": "Sales", "id": "again"})
    await ada.post("/hours", json={"name": "Office", "id": "office"})
    await ada.delete("/queues/sales")
    assert [(c.kind, c.id, c.removed, [type(x).__name__ for x in c.commands]) for c in heard] == [
        ("queues", "sales", False, ["PutQueue"]),
        ("hours", "office", False, []),
        ("queues", "sales", True, []),
    ]


async def publish_flow(house: House, who: Any) -> None:
    for queue in ("sales", "service"):
        await who.post("/queues", json={"name": queue, "id": queue})
    await who.post("/flows", json={"name": "Main", "id": "main", "text": FLOW})
    answer = await who.post("/flows/main/publish", json={"version": 1})
    assert answer.status_code == 200, answer.text


async def test_how_media_share_an_agent_is_said_once_for_all(sqlite_house: House) -> None:
    heard = list[Changed]()

    async def listen(changed: Changed) -> None:
        heard.append(changed)

    ada = await sqlite_house.user("ada", "administrator")
    await ada.post("/queues", json={"name": "Q", "id": "q"})
    agent = {"name": "A", "id": "a", "number": "1001", "queues": ["q"], "ranks": {"q": 2}, "capacity": {"chat": 3}}
    assert (await ada.post("/agents", json=agent)).status_code == 201
    for interrupts, code in (
        ({"voice": ["voice"]}, "media.itself"),
        ({"voice": ["chat"], "chat": ["voice"]}, "media.each_other"),
    ):
        answer = await ada.put("/settings", json={"version": 0, "media": {"interrupts": interrupts}})
        assert fields_of(answer) == {"media.interrupts": code}
    sqlite_house.configuration.listeners.append(listen)
    media = {"load": 4, "weights": {"voice": 4}, "interrupts": {"voice": ["mail", "chat"]}}
    answer = await ada.put("/settings", json={"version": 0, "media": media, "timezone": "Europe/London"})
    assert answer.json()["media"] == media
    [change] = heard
    day, put = change.commands
    assert day in (PutDay(0.0), PutDay(82_800.0)), "midnight in London, by the time of year"
    sharing = Sharing(4, (("voice", 4),), (("voice", "mail"), ("voice", "chat")))
    assert put == PutAgent("a", ("q",), (), (("chat", 3),), "", (("q", 2),), sharing)
