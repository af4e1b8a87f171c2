"""What hashes of passwords cost is the operator's to say, within reason."""

from __future__ import annotations

import pytest

from qingting import config
from qingting.errors import Invalid


def test_what_a_hash_costs_is_a_setting() -> None:
    found = config.load(env={"QINGTING_PASSWORDS__MEMORY_MIB": "32"}).passwords
    assert (found.memory_mib, found.passes) == (32, 3)


@pytest.mark.parametrize(("name", "value"), [("MEMORY_MIB", "18"), ("PASSES", "1"), ("PASSES", "many")])
def test_too_cheap_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        config.load(env={f"QINGTING_PASSWORDS__{name}": value})
    assert refused.value.code == "config.bad_value"
