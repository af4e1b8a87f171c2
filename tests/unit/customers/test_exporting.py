"""Customers taken out as a file, and brought in again."""

from __future__ import annotations

import csv
import io

from ..house import House, code_of
from .bringing import Bringer, at_work


async def test_out_and_in_again_changes_nothing(house: House) -> None:
    admin = await house.user("lin", "administrator")
    people = [("=HYPERLINK(1)", "13812345678"), ("刘女士 😀", "13912345678"), ('@王, "先生"\n二', "010-88886666")]
    for name, number in people:
        assert (await admin.post("/customers", json={"name": name, "numbers": [number]})).status_code == 201
    answer = await admin.get("/customer-export")
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    told = {row[1]: row[3] for row in rows[1:]}
    assert told["'=HYPERLINK(1)"] == "'+8613812345678", "a spreadsheet runs none of it"
    assert told["刘女士 😀"] == "'+8613912345678"
    some = await admin.get("/customer-export", params={"q": "刘女士", "head": "en"})
    assert len(some.text.splitlines()) == 2
    mei = await house.user("mei", "quality")
    assert code_of(await mei.get("/customer-export")) == (403, "permission.missing")
    assert len(await house.audited("customers.exported")) == 2
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert len((await eve.get("/customer-export")).text.splitlines()) == 1
    lin = Bringer(admin)
    async with at_work(house.imports):
        brought = await lin.upload(answer.content, "customers.csv")
        await lin.check(brought["id"], brought["file"]["guess"])
        done = await lin.run(brought["id"])
    assert (done["new"], done["changed"], done["same"], done["bad"]) == (0, 0, 3, 0), done
