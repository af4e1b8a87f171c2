from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.records import Records

from ..house import House, make_house


@pytest.fixture
async def house(sqlite_records: Records, tmp_path: Path) -> AsyncIterator[House]:
    async with make_house(sqlite_records, tmp_path) as house:
        yield house
