"""TOTP: switched on, asked for, each code once, recovery codes, taken off."""

from __future__ import annotations

import asyncio

import httpx
import pyotp

from .conftest import PASSWORD, Centre, code_of


def code_at(secret: str, centre: Centre, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(centre.clock.now) + 30 * steps)


async def switched_on(centre: Centre, client: httpx.AsyncClient) -> tuple[str, list[str]]:
    begun = (await client.post("/session/second-factor")).json()
    assert begun["uri"].startswith("otpauth://totp/")
    assert begun["secret"] in begun["uri"]
    confirmed = await client.post("/session/second-factor/confirm", json={"code": code_at(begun["secret"], centre)})
    assert confirmed.status_code == 200
    return begun["secret"], confirmed.json()["recovery_codes"]


async def sign_in(centre: Centre, code: str | None = None, password: str = PASSWORD) -> tuple[int, str]:
    answer = await centre.client().post("/session", json={"name": "wang", "password": password, "code": code})
    return (200, "") if answer.status_code == 200 else code_of(answer)


async def test_it_is_off_until_a_code_was_right(centre: Centre) -> None:
    client = await centre.signed_in("wang")
    assert code_of(await client.post("/session/second-factor/confirm", json={"code": "123456"})) == (
        409,
        "second_factor.not_begun",
    )
    secret = (await client.post("/session/second-factor")).json()["secret"]
    wrong = f"{(int(code_at(secret, centre)) + 1) % 1_000_000:06}"
    if wrong in (code_at(secret, centre, -1), code_at(secret, centre, 1)):
        wrong = f"{(int(wrong) + 1) % 1_000_000:06}"
    assert code_of(await client.post("/session/second-factor/confirm", json={"code": wrong})) == (
        422,
        "sign_in.code_wrong",
    )
    assert await sign_in(centre) == (200, "")
    assert (await client.get("/session")).json()["user"]["second_factor"] is False


async def test_then_password_and_code_are_needed(centre: Centre) -> None:
    client = await centre.signed_in("wang")
    secret, _ = await switched_on(centre, client)
    assert (await client.get("/session")).json()["user"]["second_factor"] is True
    assert code_of(await client.post("/session/second-factor")) == (409, "second_factor.on")
    centre.clock.pass_(60)
    assert await sign_in(centre) == (401, "sign_in.code_needed")
    assert await sign_in(centre, password="wrong wrong") == (401, "sign_in.wrong")
    assert await sign_in(centre, "000000" if code_at(secret, centre) != "000000" else "000001") == (
        401,
        "sign_in.code_wrong",
    )
    assert await sign_in(centre, code_at(secret, centre)) == (200, "")


async def test_a_code_works_once_and_the_clock_may_be_a_step_off(centre: Centre) -> None:
    secret, _ = await switched_on(centre, await centre.signed_in("wang"))
    assert await sign_in(centre, code_at(secret, centre)) == (401, "sign_in.code_wrong")
    centre.clock.pass_(90)
    assert await sign_in(centre, code_at(secret, centre, -1)) == (200, "")
    assert await sign_in(centre, code_at(secret, centre, -1)) == (401, "sign_in.code_wrong")
    assert await sign_in(centre, code_at(secret, centre, 1)) == (200, "")
    assert await sign_in(centre, code_at(secret, centre)) == (401, "sign_in.code_wrong")
    assert await sign_in(centre, code_at(secret, centre, 3)) == (401, "sign_in.code_wrong")


async def test_the_same_code_sent_twice_at_once_opens_one_session(centre: Centre) -> None:
    secret, _ = await switched_on(centre, await centre.signed_in("wang"))
    centre.clock.pass_(60)
    code = code_at(secret, centre)
    answers = await asyncio.gather(*(sign_in(centre, code) for _ in range(3)))
    assert sorted(answers) == [(200, ""), (401, "sign_in.code_wrong"), (401, "sign_in.code_wrong")]


async def test_codes_cannot_be_guessed_fast(centre: Centre) -> None:
    secret, _ = await switched_on(centre, await centre.signed_in("wang"))
    centre.clock.pass_(60)
    right = {code_at(secret, centre, step) for step in (-1, 0, 1)}
    wrong = [code for code in (f"{n}" * 6 for n in range(9)) if code not in right][:5]
    for code in wrong:
        assert await sign_in(centre) == (401, "sign_in.code_needed")
        assert await sign_in(centre, code) == (401, "sign_in.code_wrong")
    assert await sign_in(centre, code_at(secret, centre)) == (429, "sign_in.locked")


async def test_each_recovery_code_works_once_however_typed(centre: Centre) -> None:
    _, codes = await switched_on(centre, await centre.signed_in("wang"))
    assert len(set(codes)) == 10
    assert await sign_in(centre, codes[0]) == (200, "")
    assert await sign_in(centre, codes[0]) == (401, "sign_in.code_wrong")
    assert await sign_in(centre, codes[1].upper().replace("-", " ")) == (200, "")


async def test_taken_off_with_the_password_or_by_an_administrator(centre: Centre) -> None:
    client, ada = await centre.signed_in("wang"), await centre.signed_in("ada")
    _, codes = await switched_on(centre, client)
    wrong = await client.request("DELETE", "/session/second-factor", json={"password": "wrong wrong"})
    assert code_of(wrong) == (401, "password.wrong")
    right = await client.request("DELETE", "/session/second-factor", json={"password": PASSWORD})
    assert right.status_code == 204
    assert await sign_in(centre) == (200, "")
    await switched_on(centre, client)
    assert await sign_in(centre, codes[0]) == (401, "sign_in.code_wrong")
    assert (await ada.delete(f"/users/{centre.ids['wang']}/second-factor")).status_code == 204
    assert await sign_in(centre) == (200, "")


async def test_the_secret_is_sealed(centre: Centre) -> None:
    secret, codes = await switched_on(centre, await centre.signed_in("wang"))
    async with centre.people.records.read() as c:
        kept = str((await c.exec_driver_sql("SELECT * FROM users")).all())
        kept += str((await c.exec_driver_sql("SELECT * FROM recovery_codes")).all())
    assert secret not in kept
    assert codes[0] not in kept
