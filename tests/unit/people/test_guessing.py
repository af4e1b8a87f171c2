"""Guessing together: one name from many addresses, many names from one. Slow, told, and nobody shut out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from qingting.contexts.people import model
from qingting.records import Records
from tests.mailbox import mailbox, text_of

from .conftest import PASSWORD, Centre, code_of, make_centre

AT_NAME, FROM_ADDRESS = 6, 8


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "GUESSES_AT_NAME_FREE", AT_NAME)
    monkeypatch.setattr(model, "GUESSES_FROM_ADDRESS_FREE", FROM_ADDRESS)


async def tries(centre: Centre, address: str, name: str = "wang", password: str = "wrong wrong") -> httpx.Response:
    return await centre.client(address).post("/session", json={"name": name, "password": password})


async def guessed_at(centre: Centre, times: int) -> None:
    """Each from an address of its own."""
    for n in range(times):
        assert (await tries(centre, f"198.51.100.{n}")).status_code == 401


async def test_one_name_from_many_addresses_gets_slow_up_to_a_minute(centre: Centre) -> None:
    await guessed_at(centre, AT_NAME)
    waits = []
    for n in range(9):
        answer = await tries(centre, f"203.0.113.{n}")
        assert code_of(answer) == (429, "sign_in.locked")
        waits.append(int(answer.headers["retry-after"]))
        centre.clock.pass_(waits[-1])
        assert (await tries(centre, f"203.0.113.{n}")).status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (await tries(centre, "203.0.113.99", "lin", PASSWORD)).status_code == 200  # others are not touched
    centre.clock.pass_(model.GUESSES_FORGOTTEN_S + 61)
    await guessed_at(centre, AT_NAME - 1)


async def test_names_that_nobody_has_are_treated_the_same(centre: Centre) -> None:
    for n in range(AT_NAME):
        assert (await tries(centre, f"198.51.100.{n}", "nobody")).status_code == 401
    assert code_of(await tries(centre, "203.0.113.1", "nobody")) == (429, "sign_in.locked")


async def test_the_person_does_not_wait_where_they_have_come_in_before(centre: Centre) -> None:
    assert (await tries(centre, "192.0.2.7", password=PASSWORD)).status_code == 200
    await guessed_at(centre, AT_NAME)
    assert code_of(await tries(centre, "192.0.2.8", password=PASSWORD)) == (429, "sign_in.locked")
    assert (await tries(centre, "192.0.2.7", password=PASSWORD)).status_code == 200
    # What they mistype themselves counts as ever.
    for _ in range(model.GUESSES_FREE):
        assert (await tries(centre, "192.0.2.7")).status_code == 401
    assert code_of(await tries(centre, "192.0.2.7", password=PASSWORD)) == (429, "sign_in.locked")
    centre.clock.pass_(model.ADDRESS_KNOWN_S + 1)
    await guessed_at(centre, AT_NAME)
    assert code_of(await tries(centre, "192.0.2.7", password=PASSWORD)) == (429, "sign_in.locked")


async def test_an_ipv6_customer_is_one_address(centre: Centre) -> None:
    for n in range(model.GUESSES_FREE):
        assert (await tries(centre, f"2001:db8:1:2::{n}")).status_code == 401
    assert code_of(await tries(centre, "2001:db8:1:2:ffff::1")) == (429, "sign_in.locked")
    assert (await tries(centre, "2001:db8:1:3::1")).status_code == 401


async def test_one_address_at_many_names(centre: Centre) -> None:
    assert (await tries(centre, "192.0.2.7", "lin", PASSWORD)).status_code == 200
    for n in range(FROM_ADDRESS):
        assert (await tries(centre, "192.0.2.7", f"name{n}")).status_code == 401
    assert code_of(await tries(centre, "192.0.2.7", "wang", PASSWORD)) == (429, "sign_in.locked")
    assert (await tries(centre, "192.0.2.7", "lin", PASSWORD)).status_code == 200  # a colleague who works there
    assert (await tries(centre, "192.0.2.9", "wang", PASSWORD)).status_code == 200
    centre.clock.pass_(2)
    assert (await tries(centre, "192.0.2.7", "wang", PASSWORD)).status_code == 200


async def test_a_floor_that_signs_in_is_no_guessing(centre: Centre) -> None:
    for _ in range(3 * FROM_ADDRESS):
        assert (await tries(centre, "192.0.2.7", "lin", PASSWORD)).status_code == 200
    assert (await tries(centre, "192.0.2.7", "wang", PASSWORD)).status_code == 200


async def test_the_owner_is_told_and_a_new_password_opens_the_way(records: Records, tmp_path: Path) -> None:
    async with mailbox() as box:
        centre = await make_centre(records, tmp_path, box.settings())
        worker = asyncio.create_task(centre.people.outgoing.run())
        await guessed_at(centre, AT_NAME)
        [told] = await box.arrive(1)
        assert (told["To"], told["Subject"]) == ("wang@example.com", "有人在猜测您的倾听密码")
        assert f"共 {AT_NAME} 次" in text_of(told)
        ada = await centre.signed_in("ada")
        entries = (await ada.get("/audit", params={"action": "session.guessed_at"})).json()["items"]
        assert [entry["detail"] for entry in entries] == [{"attempts": AT_NAME}]

        asked = await centre.client("192.0.2.5").post("/password-reset", json={"name_or_mail": "wang"})
        assert asked.status_code == 204
        reset = (await box.arrive(2))[-1]
        token = text_of(reset).partition("/password-reset#")[2].split()[0]
        chosen = {"token": token, "password": "quite another 9"}
        assert (await centre.client("192.0.2.5").post("/password-reset/confirm", json=chosen)).status_code == 204
        await guessed_at(centre, AT_NAME)  # they go on
        assert (await tries(centre, "192.0.2.5", password="quite another 9")).status_code == 200
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        centre.people.passwords.close()
