"""The other systems of the sample flows, with invented data: a telephone company's and a power company's.

For demonstrations and trials on this machine alone (`qingting demo-systems`). Nothing is kept beyond the process, and
nothing of it is true. Every account is known but those that end in 0000; the PIN of all is 123456; on 999 the
system takes longer than any flow waits, so that what was done stays uncertain; 998 is refused what it asks to have
done.
"""

from __future__ import annotations

import asyncio
import datetime
from collections import OrderedDict
from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException, Path, Query, Response

PIN = "123456"
MOST = 1000
"""Accounts and reports that are remembered; older ones are forgotten."""
SLOW_S = 25.0
PACKAGES = [
    {"id": "p30", "name": "三十兆套餐", "price": 39},
    {"id": "p99", "name": "畅享套餐", "price": 99},
]

Account = Annotated[str, Path(pattern=r"^\+?[0-9]{4,20}$")]
Number = Annotated[str, Path(pattern=r"^[0-9]{1,12}$")]
Place = Annotated[str, Query(max_length=200)]
Text = Annotated[str, Body(max_length=200)]


class Remembered(OrderedDict[str, dict[str, Any]]):
    """By account or number, a bounded number of them."""

    def of(self, key: str) -> dict[str, Any]:
        found = self.setdefault(key, {})
        self.move_to_end(key)
        while len(self) > MOST:
            self.popitem(last=False)
        return found


def systems() -> FastAPI:
    """`/billing/…` and `/grid/…`: the services `billing` and `grid` of the sample flows."""
    app = FastAPI(title="Systems of a demonstration", docs_url=None, redoc_url=None, openapi_url=None)
    accounts, reports = Remembered(), Remembered()
    _billing(app, accounts)
    _grid(app, reports)
    return app


def _billing(app: FastAPI, accounts: Remembered) -> None:
    @app.post("/billing/accounts/{account}/pin")
    async def pin(account: Account, pin: Annotated[str, Body(embed=True, max_length=20)]) -> dict[str, bool]:
        _known(account)
        if pin != PIN:
            raise HTTPException(403)
        return {"passed": True}

    @app.get("/billing/accounts/{account}/balance")
    async def balance(account: Account) -> dict[str, Any]:
        cents = _figure(account)
        return {"balance": cents / 100 - 20, "used": cents % 9000 / 100, "until": _day(30)}

    @app.get("/billing/packages")
    async def packages() -> dict[str, Any]:
        return {"packages": PACKAGES}

    @app.post("/billing/accounts/{account}/packages", status_code=201)
    async def order(account: Account, package: Annotated[str, Body(embed=True, max_length=20)]) -> dict[str, str]:
        await _may(account)
        if package not in {each["id"] for each in PACKAGES}:
            raise HTTPException(422)
        accounts.of(account)["package"] = package
        return {"starts": _day(1)}

    @app.get("/billing/accounts/{account}/roaming")
    async def roaming(account: Account) -> dict[str, bool]:
        _known(account)
        return {"on": bool(accounts.get(account, {}).get("roaming", False))}

    @app.put("/billing/accounts/{account}/roaming")
    async def roam(account: Account, on: Annotated[bool, Body(embed=True)]) -> dict[str, bool]:
        await _may(account)
        accounts.of(account)["roaming"] = on
        return {"on": on}

    @app.get("/billing/accounts/{account}/bill")
    async def bill(account: Account) -> dict[str, Any]:
        due = 0 if accounts.get(account, {}).get("paid") else _figure(account)
        return {"due": due / 100, "by": _day(10)}

    @app.post("/billing/accounts/{account}/payments", status_code=201)
    async def pay(account: Account, amount: Annotated[float, Body(embed=True, gt=0, le=1e6)]) -> dict[str, str]:
        await _may(account)
        if round(amount * 100) != _figure(account) or accounts.get(account, {}).get("paid"):
            raise HTTPException(409)
        accounts.of(account)["paid"] = True
        return {"receipt": f"{_figure(account):05d}"}


def _grid(app: FastAPI, reports: Remembered) -> None:
    @app.get("/grid/meters/{account}")
    async def meter(account: Account) -> dict[str, str]:
        return {"address": f"东城区和平里{_figure(account) % 90 + 1}号"}

    @app.get("/grid/outages")
    async def outages(address: Place = "") -> dict[str, Any]:
        """Numbers that end in 1 have a fault, in 2 planned work; elsewhere all is well."""
        cause = {"1": "fault", "2": "planned"}.get("".join(filter(str.isdecimal, address))[-1:])
        if cause is None:
            raise HTTPException(404)
        return {"cause": cause, "back": {"date": _day(0), "time": "18:30"}}

    @app.post("/grid/reports", status_code=201)
    async def report(response: Response, address: Text, extent: Text, caller: Text | None = None) -> dict[str, str]:
        number = f"{200_000 + len(reports) * 37 % 700_000:06d}"
        reports.of(number).update(address=address, extent=extent)
        response.headers["Location"] = f"/grid/reports/{number}"
        return {"number": number}

    @app.get("/grid/reports/{number}")
    async def progress(number: Number) -> dict[str, Any]:
        if number not in reports:
            raise HTTPException(404)
        return {**reports[number], "state": "on_the_way", "minutes": 20}


def _known(account: str) -> None:
    if account.endswith("0000"):
        raise HTTPException(404)


async def _may(account: str) -> None:
    _known(account)
    if account.endswith("998"):
        raise HTTPException(409)
    if account.endswith("999"):
        await asyncio.sleep(SLOW_S)


def _figure(account: str) -> int:
    """Fen, the same for the same account. Raises 404."""
    _known(account)
    return int(account[-4:]) * 7 % 19000 + 100


def _day(ahead: int) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=ahead)).date().isoformat()
