"""Customers from files, over the real application and with its own processes, on both databases."""

from __future__ import annotations

import io
import os
import signal
import zipfile
from pathlib import Path

from ..house import House, code_of
from .bringing import Bringer, at_work, table

HEAD = ("客户编号", "姓名", "手机号", "邮箱", "标签")
MAPPED = ["external_id", "name", "phone", "mail", "tag"]


async def test_looked_at_checked_brought_in_and_again(house: House) -> None:
    lin = Bringer(await house.user("lin", "administrator"))
    rows = [
        ("C1", "刘女士", "１３８ １２３４ ５６７８", "Liu@Example.COM", "VIP；老客户"),
        ("C2", "", "1.38E+10", "nobody", ""),
        ("C3", "<b>'Robert'</b> \u202eمرحبا 😀", "010-88886666转801", "", ""),
        ("C4", "王先生"),
        ("", "=cmd()", "", "", ""),
    ]
    async with at_work(house.imports):
        told = await lin.upload(table(HEAD, *rows).encode("utf-8-sig"), "客户.csv")
        assert (told["state"], told["rows"]) == ("ready", 5), told
        assert told["file"]["heads"] == list(HEAD)
        assert told["file"]["guess"] == MAPPED
        assert told["file"]["preview"][0] == {"line": 2, "cells": list(rows[0])}
        told = await lin.check(told["id"], MAPPED, tag="spring")
        assert (told["state"], told["rows"], told["bad"]) == ("checked", 5, 3), told
        assert told["faults"] == {
            "number.scientific": 1, "mail.bad": 1, "import.ragged": 1, "import.no_identity": 1,
        }  # fmt: skip
        assert told["rows_at_fault"][0] == {
            "line": 3, "column": "手机号", "code": "number.scientific", "value": "1.38E+10",
        }  # fmt: skip
        told = await lin.run(told["id"])
        assert (told["state"], told["done"], told["bad"], told["new"]) == ("done", 5, 3, 2), told
        errors = await lin.errors(told["id"])
        assert errors[0] == [*HEAD, "line", "reason"]
        assert [row[5] for row in errors[1:]] == ["3", "5", "6"]
        assert errors[3][1] == "'=cmd()"
        again = await lin.run(told["id"])
        assert (again["new"], again["changed"], again["same"], again["bad"]) == (0, 0, 2, 3), again
    found = (await lin.client.get("/customers", params={"number": "13812345678"})).json()["items"]
    assert [it["name"] for it in found] == ["刘女士"]
    found = (await lin.client.get("/customers", params={"number": "+861088886666"})).json()["items"]
    assert [it["name"] for it in found] == [rows[2][1]]
    actions = {it["action"] for it in await house.audited("customer.import.")}
    assert {"customer.import.checking", "customer.import.running", "customer.import.errors_taken"} <= actions


async def test_killed_in_the_middle_it_goes_on_behind_the_last_batch(house: House) -> None:
    lin = Bringer(await house.user("lin", "administrator"))
    rows = [(f"C{n}", f"客户{n}", "1.38E+10" if n % 10 == 0 else f"138{n:08d}", "", "") for n in range(8_000)]
    async with at_work(house.imports):
        told = await lin.upload(table(HEAD, *rows).encode("gb18030"), language="zh")
        assert told["file"]["encoding"] == "gb18030"
        await lin.check(told["id"], MAPPED)
        id = told["id"]
        await lin.client.post(f"/customer-imports/{id}/run")
        for done in (0, 2_500):
            told = await lin.becomes(id, lambda it, done=done: it["state"] == "done" or it["done"] > done)
            assert told["state"] == "running", "killed before it was done"
            assert kill_workers() == 1
        told = await lin.settled(id)
        assert (told["state"], told["done"], told["bad"], told["new"]) == ("done", 8_000, 800, 7_200), told
        assert len(await lin.errors(id)) == 801
        # Killed by the power, before the file of errors was on disk: once more from the beginning.
        assert (await lin.client.post(f"/customer-imports/{id}/run")).status_code == 200
        await lin.becomes(id, lambda it: it["done"] > 0)
        assert kill_workers() == 1
        os.truncate(house.imports.folder(house.tenant, id).errors, 10)
        told = await lin.settled(id)
        assert (told["state"], told["done"], told["bad"], told["same"]) == ("done", 8_000, 800, 7_200), told
        errors = await lin.errors(id)
        assert [row[5] for row in errors[1:]] == [str(n + 2) for n in range(0, 8_000, 10)], "each once, none lost"
        assert errors[0][5:] == ["行号", "原因"]
        # Cancelled, and gone on with. Where nothing changes a machine that is full may notice too late.
        for _ in range(5):
            assert (await lin.client.post(f"/customer-imports/{id}/run")).status_code == 200
            await lin.becomes(id, lambda it: it["done"] > 0)
            told = (await lin.client.post(f"/customer-imports/{id}/cancel")).json()
            if told.get("state") == "cancelled":
                break
        assert told["state"] == "cancelled", told
        told = await lin.run(id)
        assert (told["state"], told["bad"], told["new"], told["same"]) == ("done", 800, 0, 7_200), told
        assert len(await lin.errors(id)) == 801
        assert (await lin.client.delete(f"/customer-imports/{id}")).status_code == 204
        assert not house.imports.folder(house.tenant, id).path.exists()


def kill_workers(module: str = "importing.worker") -> int:
    """Those of this process, without a word; how many."""
    killed = 0
    for children in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for pid in children.read_text().split():
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(int(pid), signal.SIGKILL)
                killed += 1
    return killed


async def test_files_that_will_not_do(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    lin = Bringer(admin)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 30_000_000)
    async with at_work(house.imports):
        for content, code in (
            (b"%PDF-1.7 no table", "import.not_a_table"),
            (b"PK\x03\x04 no zip", "import.not_a_table"),
            (bomb.getvalue(), "import.bomb"),
            ("姓名,手机\n".encode(), "import.no_rows"),
            (b'a,b\n1,"never closed' + b"x" * 40_000, "import.broken_quotes"),
            (b",".join([b"a"] * 300) + b"\n1\n", "import.too_many_columns"),
        ):
            told = await lin.upload(content)
            assert (told["state"], told["problem"]) == ("failed", code), content[:20]
    empty = await admin.post("/customer-imports", json={"name": "x", "size": 0})
    assert code_of(empty) == (422, "import.empty")
    huge = await admin.post("/customer-imports", json={"name": "x", "size": 1 << 31})
    assert code_of(huge) == (422, "import.too_large")
    made = (await admin.post("/customer-imports", json={"name": "x", "size": 10})).json()["id"]
    gap = await admin.put(f"/customer-imports/{made}/content", params={"offset": 5}, content=b"abc")
    assert code_of(gap) == (409, "import.wrong_place")
    assert code_of(await admin.post(f"/customer-imports/{made}/run")) == (409, "import.wrong_state")
    mei = await house.user("mei", "supervisor")
    assert code_of(await mei.get("/customer-imports")) == (403, "permission.missing")
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert code_of(await eve.get(f"/customer-imports/{made}")) == (404, "import.unknown")


SPELLINGS = """13812345678|138 1234 5678|138-1234-5678|138.1234.5678|+86 138 1234 5678|+86-138-1234-5678
008613812345678|0086 138-1234-5678|8613812345678|(+86)13812345678|１３８１２３４５６７８|＋８６ 138 1234 5678
tel:13812345678|手机：13812345678|'13812345678|="13812345678"|13812345678.0|\u202d13812345678\u202c
138—1234—5678|013812345678|+86(0)13812345678"""


async def test_what_people_write_comes_through_the_door(sqlite_house: House) -> None:
    house = sqlite_house
    lin = Bringer(await house.user("lin", "administrator"))
    numbers = SPELLINGS.replace("\n", "|").split("|")
    names = ("x" * 500, "<script>alert(1)</script>", "\u202eمرحبا", "👩‍👩‍👧 Smith", "=HYPERLINK(1)", "𠮷野家")
    rows = [("", "", number) for number in numbers]
    rows += [(f"C{n}", name, "") for n, name in enumerate(names)] + [("C9", "名" * 501, "")]
    for encoding in ("utf-8-sig", "gb18030"):
        async with at_work(house.imports):
            told = await lin.upload(table(("编号", "姓名", "电话"), *rows).encode(encoding), "名单.csv", "zh")
            await lin.check(told["id"], told["file"]["guess"])
            told = await lin.run(told["id"])
        first = encoding == "utf-8-sig"
        assert told["new"] == (1 + len(names) if first else 0), told
        assert (told["same"], told["bad"]) == (len(numbers) + len(names) - told["new"], 1)
        assert (await lin.errors(told["id"]))[1][4].startswith("姓名：文字过长")
    found = (await lin.client.get("/customers", params={"limit": 50})).json()["items"]
    assert sorted(it["name"] for it in found) == sorted(("", *names))
