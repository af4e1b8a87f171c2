"""Columns that a tenant has of its own, and what a check tells of a file before anything is written."""

from __future__ import annotations

from typing import Any

from ..house import House, code_of, fields_of
from .bringing import Bringer, at_work, table

HEAD = (
    "客户编号", "姓名", "手机", "套餐", "field:spend", "Signed", "consent:marketing:sms", "owns",
    "relation:works_for", "价值标签", "openid", "地址",
)  # fmt: skip
MAPPED = [
    "external_id", "name", "phone", "field:plan", "field:spend", "field:signed", "consent:marketing:sms",
    "relation:owns", "relation:works_for", "tag:value", "identity:openid", "address",
]  # fmt: skip
FIRM = ("F1", "蜻蜓", "010-88886666", "", "", "", "", "", "", "", "", "北京市朝阳区 1 号")
LIU = (
    "C1",
    "刘",
    "13812345678",
    "A",
    "1,200.5",
    "2021年5月1日",
    "同意",
    "洗衣机 X1；冰箱",
    "F1",
    "金卡、高潜",
    "oABC",
    "",
)
BAD = ("C2", "王", "13912345678", "C", "much", "01/05/2021", "maybe", "", "", "", "", "")
EARLY = ("C3", "赵", "13812345678", "", "", "", "no", "", "C4", "", "", "")
LATE = ("C4", "钱", "13712345678", "", "", "", "", "", "", "", "", "")


async def settled(house: House) -> Bringer:
    """Somebody who brings in, where a tenant has fields and types of relations."""
    boss = await house.user("boss", "administrator")
    for field in (
        {"id": "plan", "names": {"zh": "套餐", "en": "Plan"}, "type": "choice", "choices": ["A", "B"]},
        {"id": "spend", "names": {"en": "Spend"}, "type": "money", "searchable": True},
        {"id": "signed", "names": {"en": "Signed"}, "type": "date"},
    ):
        assert (await boss.put("/customer-fields", json=field)).status_code == 200
    for type in (
        {"id": "works_for", "names": {"en": "works for"}, "back": {"en": "employs"}},
        {"id": "owns", "names": {"en": "owns"}, "target": "thing"},
    ):
        assert (await boss.put("/customer-relation-types", json=type)).status_code == 200
    return Bringer(boss)


def figures(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(told[name] for name in ("new", "changed", "same", "bad", "shared"))


async def test_everything_a_record_holds_comes_from_a_file_and_again(house: House) -> None:
    lin = await settled(house)
    async with at_work(house.imports):
        told = await lin.upload(table(HEAD, FIRM, LIU, BAD, EARLY, LATE).encode("gb18030"), "名单.csv")
        assert told["file"]["guess"] == MAPPED
        assert {"field": "field:plan", "names": {"zh": "套餐", "en": "Plan"}} in told["own_fields"]
        told = await lin.check(told["id"], MAPPED)
        # Who is named by a row of this batch is not there yet, before it is brought in.
        assert (told["state"], told["bad"]) == ("checked", 2), told
        assert told["faults"] == {
            "field.bad_choice": 1, "field.bad_money": 1, "day.bad": 1, "consent.bad": 1, "relation.unknown_other": 1,
        }  # fmt: skip
        assert figures(told) == (3, 0, 0, 2, 0)
        told = await lin.run(told["id"])
        assert figures(told) == (3, 0, 0, 2, 0), told
        errors = await lin.errors(told["id"])
        assert [row[-2] for row in errors[1:]] == ["4", "5"]
        again = await lin.run(told["id"])
        assert figures(again) == (1, 0, 3, 1, 1), "who was named is there by now; the number is of two"
        again = await lin.run(told["id"])
        assert figures(again) == (0, 0, 4, 1, 2), again
        told = await lin.check(told["id"], MAPPED)
        assert figures(told) == (0, 0, 4, 1, 2), "told before what then is"
        told = await lin.upload(
            table(("客户编号", "Plan", "consent:marketing:sms"), ("C1", "B", "no"), ("C4", "", "")).encode()
        )
        told = await lin.check(told["id"], told["file"]["guess"])
        assert figures(told) == (0, 1, 1, 0, 0)
        assert figures(await lin.run(told["id"])) == (0, 1, 1, 0, 0)
    (found,) = (await lin.client.get("/customers", params={"q": "刘"})).json()["items"]
    one = (await lin.client.get(f"/customers/{found['id']}")).json()
    assert one["fields"] == {"plan": "B", "spend": 1200.5, "signed": "2021-05-01"}
    assert [(it["purpose"], it["medium"], it["given"]) for it in one["consents"]] == [("marketing", "sms", False)]
    said = (await lin.client.get(f"/customers/{found['id']}/consents")).json()["items"]
    assert [(it["given"], it["how"]) for it in said] == [(False, "customers.csv"), (True, "名单.csv")]
    relations = {(it["type"], it["thing"] or it["other"]["name"]) for it in one["relations"]}
    assert relations == {("owns", "洗衣机 X1"), ("owns", "冰箱"), ("works_for", "蜻蜓")}
    assert {(it["layer"], it["tag"], it["origin"]) for it in one["tags"]} == {
        ("value", "金卡", "import"),
        ("value", "高潜", "import"),
    }
    assert {it["kind"] for it in one["identities"]} == {"phone", "openid"}


async def test_a_check_counts_within_the_file_too(sqlite_house: House) -> None:
    """Whom earlier rows make counts as known; the same number of two people is told."""
    house = sqlite_house
    lin = Bringer(await house.user("lin", "administrator"))
    rows = [(f"C{n}", f"客户{n}", f"138{n:08d}") for n in range(1_500)]
    rows += [rows[0], ("C1", "another", ""), ("C9999", "shares", "13800000003")]
    async with at_work(house.imports):
        told = await lin.upload(table(("编号", "姓名", "手机"), *rows).encode())
        told = await lin.check(told["id"], told["file"]["guess"])
        assert figures(told) == (1_501, 1, 1, 0, 1), told
        done = await lin.run(told["id"])
        assert figures(done)[:4] == (1_501, 1, 1, 0), done


async def test_columns_that_will_not_do(sqlite_house: House) -> None:
    house = sqlite_house
    lin = await settled(house)
    async with at_work(house.imports):
        told = await lin.upload(table(("a", "b", "c", "d"), ("1", "2", "3", "4")).encode())
        path = f"/customer-imports/{told['id']}"
        bad = ["external_id", "field:none", "consent:Bad Purpose:sms", "consent:marketing:pigeon"]
        answer = await lin.client.post(path + "/check", json={"columns": bad})
        assert fields_of(answer) == dict.fromkeys((f"columns.{n}" for n in (1, 2, 3)), "import.field_unknown")
        twice = ["external_id", "field:plan", "field:plan", ""]
        answer = await lin.client.post(path + "/check", json={"columns": twice})
        assert fields_of(answer) == {"columns.2": "import.field_twice"}
        answer = await lin.client.post(path + "/check", json={"columns": ["name", "tag", "tag:value", ""]})
        assert code_of(answer) == (422, "import.no_key")
        # A field that was retired after the columns were chosen.
        told = await lin.check(told["id"], ["external_id", "field:spend", "", ""])
        assert told["state"] == "checked"
        gone = {"id": "spend", "names": {"en": "Spend"}, "type": "money", "searchable": True, "retired": True}
        assert (await lin.client.put("/customer-fields", json=gone | {"version": 1})).status_code == 200
        told = await lin.run(told["id"])
        assert (told["state"], told["problem"]) == ("failed", "import.field_gone")
