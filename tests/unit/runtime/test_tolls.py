"""How often a destination may be called in an hour: a restart forgives nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api
from qingting.contexts.configuration.schemas import Destination
from qingting.errors import TooMany
from qingting.issued import Issued
from qingting.records import Records
from qingting.runtime.tolls import HOUR_S, Tolls

from ..house import make_house

BEIJING, SHANGHAI = "+861012345678", "+862112345678"


async def test_calls_count_over_a_restart(sqlite_records: Records, tmp_path: Path) -> None:
    async with make_house(sqlite_records, tmp_path) as house:
        who = Identity(house.tenant, "u1", "Ada", frozenset(PERMISSIONS))
        for prefix in ("+8610", "+8621"):
            body = Destination(name=prefix, pattern=prefix, permission="desk.dial_out", max_per_hour=2)
            await api.create(house.configuration, who, "destinations", body)
        now = 1_790_000_000.0

        def started() -> Tolls:
            return Tolls(house.configuration, Issued(HOUR_S, b"key", tmp_path / "dialled"), lambda: now)

        def calls(tolls: Tolls, number: str) -> bool:
            try:
                tolls.count(house.tenant, number, who.permissions)
            except TooMany:
                return False
            return True

        tolls = started()
        tolls.count(house.tenant, BEIJING, who.permissions)()
        assert [calls(tolls, BEIJING) for _ in range(3)] == [True, True, False]
        assert calls(tolls, SHANGHAI), "each for itself"
        now += 600
        tolls = started()
        assert not calls(tolls, BEIJING)
        assert calls(tolls, SHANGHAI)
        with pytest.raises(TooMany):
            tolls.check(house.tenant, SHANGHAI, who.permissions)
        assert b"+86" not in (tmp_path / "dialled").read_bytes()
        now += HOUR_S
        assert calls(started(), BEIJING)
