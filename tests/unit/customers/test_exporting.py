"""Customers taken out as a file, and brought in again."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from qingting.contexts.customers.apart import Died, told_apart
from qingting.contexts.customers.exporting import worker

from ..house import House, code_of
from ..serving import served
from .bringing import Bringer, at_work
from .bringing import table as written

PEOPLE = [("=HYPERLINK(1)", "13812345678"), ("刘女士 😀", "13912345678"), ('@王, "先生"\n_x0041_', "010-88886666")]


async def table(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, str]]:
    answer = await client.get("/customer-export", params=asked)
    assert answer.status_code == 200, answer.text
    if asked.get("format") == "xlsx":
        book = load_workbook(io.BytesIO(answer.content), read_only=True)
        rows = [["" if it is None else str(it) for it in row] for row in book.worksheets[0].values]
    else:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


async def filled(admin: httpx.AsyncClient) -> None:
    """Three customers with all that a file can tell."""
    for field in (
        {"id": "spend", "type": "money"},
        {"id": "fibre", "type": "yes_no"},
        {"id": "plan", "type": "text"},
    ):
        assert (await admin.put("/customer-fields", json=field | {"names": {"zh": field["id"]}})).status_code == 200
    works = {"id": "works_for", "names": {"zh": "雇主"}, "back": {"zh": "员工"}}
    assert (await admin.put("/customer-relation-types", json=works)).status_code == 200
    made = []
    for n, (name, number) in enumerate(PEOPLE):
        told = {"name": name, "numbers": [number], "external_id": f"C{n}", "addresses": ["北京市", "上海市"]}
        own = {"spend": 12.5 + n, "fibre": n == 1, "plan": "=A1"}
        made.append((await admin.post("/customers", json=told | {"fields": own})).json()["id"])
    for body, path in (
        ({"tags": [{"layer": "value", "tag": "金卡"}, {"layer": "business", "tag": "宽带"}]}, "tags"),
        ({"purpose": "marketing", "medium": "sms", "given": False}, "consents"),
        ({"type": "works_for", "other": made[2]}, "relations"),
        ({"name": '妈妈, "Ma"', "value": "13900001111", "note": "=1"}, "book"),
        ({"name": "物业；前台", "kind": "mail", "value": "desk@example.com"}, "book"),
        ({"name": "x", "kind": "openid", "value": "o,1:2"}, "book"),
    ):
        answer = await admin.request("PUT" if path == "tags" else "POST", f"/customers/{made[0]}/{path}", json=body)
        assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_out_and_in_again_changes_nothing(house: House, format: str) -> None:
    admin = await house.user("lin", "administrator")
    await filled(admin)
    rows = {row["客户编号"]: row for row in await table(admin, format=format)}
    shield = "'" if format == "csv" else ""
    one = rows["C0"]
    assert one["姓名"] == f"{shield}=HYPERLINK(1)", "a spreadsheet runs none of it"
    assert (one["电话"], rows["C1"]["姓名"]) == (f"{shield}+8613812345678", "刘女士 😀")
    assert rows["C2"]["姓名"].endswith(' "先生" _x0041_')
    assert {one["地址"], one["地址2"], one["地址3"]} == {"北京市", "上海市", ""}
    assert (one["tag:value"], one["tag:business"], one["tag:identity"]) == ("金卡", "宽带", "")
    assert (one["field:spend"], one["field:fibre"], rows["C1"]["field:fibre"]) == ("12.5", "否", "是")
    assert (one["field:plan"], one["类型"]) == (f"{shield}=A1", "个人")
    assert (one["consent:marketing:sms"], rows["C1"]["consent:marketing:sms"]) == ("否", "")
    assert (one["relation:works_for"], rows["C2"]["relation:works_for"]) == ("C2", "")
    assert one["名片夹"].split("\n") == [
        'x,"openid:o,1:2"', '"妈妈, ""Ma""",+8613900001111,=1', "物业；前台,desk@example.com",
    ]  # fmt: skip
    content = (await admin.get("/customer-export", params={"format": format, "head": "en"})).content
    lin = Bringer(admin)
    async with at_work(house.imports):
        brought = await lin.upload(content, f"customers.{format}")
        await lin.check(brought["id"], brought["file"]["guess"])
        done = await lin.run(brought["id"])
    assert (done["new"], done["bad"]) == (0, 0), done
    assert await table(admin, format=format) == list(rows.values()), "what was there is there as it was"


async def test_a_contact_book_comes_in_with_its_customer(house: House) -> None:
    admin = await house.user("lin", "administrator")
    lin = Bringer(admin)
    good = "妈妈，139 0000 1111，晚上打\n物业, desk@example.com"
    rows = (("C1", good), ("C2", "妈妈"), ("C3", "妈妈,12"), ("C4", "妈妈,+86139****1111"))
    content = written(("编号", "名片夹"), *rows).encode()
    async with at_work(house.imports):
        told = await lin.upload(content)
        assert told["file"]["guess"] == ["external_id", "book"]
        told = await lin.check(told["id"], told["file"]["guess"])
        assert (told["new"], told["bad"]) == (1, 3)
        assert told["faults"] == {"book.bad": 1, "number.bad": 1, "identity.masked": 1}
        for new, same in ((1, 0), (0, 1)):
            done = await lin.run(told["id"])
            assert (done["new"], done["changed"], done["same"], done["bad"]) == (new, 0, same, 3), done
    (found,) = (await admin.get("/customers", params={"q": "C1"})).json()["items"]
    book = (await admin.get(f"/customers/{found['id']}/book")).json()["items"]
    assert {(it["name"], it["kind"], it["value"], it["note"]) for it in book} == {
        ("妈妈", "phone", "+8613900001111", "晚上打"),
        ("物业", "mail", "desk@example.com", ""),
    }


async def test_who_takes_out_what(house: House) -> None:
    admin = await house.user("lin", "administrator")
    await filled(admin)
    assert [row["Name"] for row in await table(admin, q="刘女士", head="en")] == ["刘女士 😀"]
    ids = [it["id"] for it in (await admin.get("/customers")).json()["items"]]
    assert len(await table(admin, id=ids[:2])) == 2
    assert (await admin.get("/customer-export", params={"id": ids[:2]})).headers["X-Records"] == "2"
    assert len(await table(admin, tag="金卡", format="xlsx")) == 1
    mei = await house.user("mei", "quality")
    assert code_of(await mei.get("/customer-export")) == (403, "permission.missing")
    token = {"name": "masked", "permissions": ["customers.view", "customers.export"]}
    key = (await admin.post("/tokens", json=token)).json()
    masked = house.client()
    masked.headers["Authorization"] = f"Bearer {key['token']}"
    for format in ("csv", "xlsx"):
        told = await table(masked, format=format)
        assert len(told) == 3
        assert not [number for _, number in PEOPLE if number[-8:-4] in str([row["电话"] for row in told])]
    told_of = await house.audited("customers.exported")
    assert len(told_of) == 6
    assert "刘女士" not in str(told_of)
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert await table(eve) == []


async def test_two_files_at_once_and_one_that_is_left_makes_room(house: House) -> None:
    admin = await house.user("lin", "administrator")
    people = [(f"C{n}", "长" * 1900) for n in range(3000)]  # more than sockets and pipes hold
    async with at_work(house.imports):
        lin = Bringer(admin)
        brought = await lin.upload(written(("编号", "备注"), *people).encode())
        await lin.check(brought["id"], brought["file"]["guess"])
        assert (await lin.run(brought["id"]))["new"] == 3000
    token = {"name": "files", "permissions": ["customers.view", "customers.export"]}
    headers = {"Authorization": f"Bearer {(await admin.post('/tokens', json=token)).json()['token']}"}
    async with served(house.app) as at:
        away = httpx.AsyncClient(base_url=f"http://{at}/api/v1", headers=headers, timeout=30)
        async with away, away.stream("GET", "/customer-export") as first:
            async with away.stream("GET", "/customer-export", params={"format": "xlsx"}) as second:
                assert (first.status_code, second.status_code) == (200, 200)
                assert code_of(await away.get("/customer-export")) == (429, "export.busy")
            for _ in range(100):  # the second was left in its middle
                if (third := await away.get("/customer-export", params={"q": "C1"})).status_code == 200:
                    break
                await asyncio.sleep(0.1)
            assert len(third.text.splitlines()) == 2
            assert len((await first.aread()).decode().splitlines()) == 3001


async def test_a_file_whose_process_dies_is_not_taken_for_whole() -> None:
    with pytest.raises(Died) as died:
        _ = [some async for some in told_apart(worker.__name__, {})]
    assert died.value.ended == (1, "KeyError")
