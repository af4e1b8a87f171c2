"""Customers from files, over the real application and with its own processes, on both databases."""

from __future__ import annotations

from ..house import House
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
