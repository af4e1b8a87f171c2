"""Customers merged, taken apart, changed and looked up in any order: against a slow, obvious picture of them."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from qingting.contexts.customers import actions, merging, queries, record, tables
from qingting.contexts.customers.merged import standing
from qingting.contexts.customers.model import LEVELS, Known, Record
from qingting.records import Records

PHONES = [f"+861381234567{i}" for i in range(6)]
X = TypeVar("X")
_tenants = itertools.count()
small = st.integers(0, 30)


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=8).flatmap(
        lambda merges: st.tuples(st.just(merges), st.permutations(merges))
    )
)
def test_who_stands_for_whom_knows_no_order(orders: tuple[list[tuple[str, str]], list[tuple[str, str]]]) -> None:
    one, other = (standing("abcdef", merges) for merges in orders)
    assert one == other == obvious(set("abcdef"), orders[0])
    assert all(one[one[id]] == one[id] for id in one), "who stands for others stands for themselves"


def obvious(ids: set[str], merges: list[tuple[str, str]]) -> dict[str, str]:
    """By walking about."""
    found = {}
    for id in ids:
        together, more = {id}, [id]
        while more:
            here = more.pop()
            for a, b in merges:
                for near, far in ((a, b), (b, a)):
                    if near == here and far not in together:
                        together.add(far)
                        more.append(far)
        ends = {it for it in together if all(a != it for a, _ in merges)}
        found[id] = min(ends or together)
    return found


class Customers(RuleBasedStateMachine):
    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], records: Records) -> None:
        super().__init__()
        self.run_in_loop, self.records, self.tenant = run, records, f"t{next(_tenants)}"
        self.names: dict[str, str] = {}
        self.known: dict[str, dict[str, int]] = {}
        """Record → phone → level."""
        self.merges: dict[str, tuple[str, str]] = {}

    def write(self, work: Callable[[Any], Coroutine[Any, Any, X]]) -> X:
        async def whole() -> X:
            async with self.records.write() as connection:
                return await work(connection)

        result: X = self.run_in_loop(whole())
        return result

    def read(self, work: Callable[[Any], Coroutine[Any, Any, X]]) -> X:
        async def whole() -> X:
            async with self.records.read() as connection:
                return await work(connection)

        result: X = self.run_in_loop(whole())
        return result

    def pick(self, place: int) -> str:
        return sorted(self.names)[place % len(self.names)]

    def stands(self) -> dict[str, str]:
        return obvious(set(self.names), list(self.merges.values()))

    @precondition(lambda self: len(self.names) < 7)
    @rule(phones=st.dictionaries(st.sampled_from(PHONES), st.sampled_from(LEVELS), max_size=3), name=small)
    def arrives(self, phones: dict[str, str], name: int) -> None:
        made = Record(name=f"n{name}", identities=[Known("phone", n, level) for n, level in phones.items()])
        id = self.write(lambda c: actions.create(c, self.tenant, made, shared=True))
        self.names[id] = f"n{name}"
        self.known[id] = {n: LEVELS.index(level) for n, level in phones.items()}

    @precondition(lambda self: len(self.names) > 1)
    @rule(a=small, b=small)
    def are_the_same(self, a: int, b: int) -> None:
        source, target = self.pick(a), self.pick(b)
        if source != target:
            id = self.write(lambda c: merging.merge(c, self.tenant, source, target, "u"))
            assert self.merges.setdefault(id, (source, target)) == (source, target)

    @precondition(lambda self: self.merges)
    @rule(place=small)
    def are_not_the_same(self, place: int) -> None:
        id = sorted(self.merges)[place % len(self.merges)]
        assert self.write(lambda c: merging.unmerge(c, self.tenant, id, "u")) == self.merges.pop(id)

    @precondition(lambda self: self.names)
    @rule(place=small, name=small, phone=st.sampled_from(PHONES))
    def changes(self, place: int, name: int, phone: str) -> None:
        """By whichever record they were looked for, who stands for it changes."""
        asked, now = self.pick(place), self.stands()

        async def change(c: Any) -> str:
            it = await record.whole(c, self.tenant, asked)
            assert it is not None
            told = [Known("phone", one["value"], one["level"]) for one in it.identities]
            if phone not in it.numbers:
                told.append(Known("phone", phone))
            await actions.change(c, self.tenant, asked, it.one["version"], {"name": f"m{name}"}, told, shared=True)
            return str(it.one["id"])

        id = self.write(change)
        assert id == now[asked]
        self.names[id] = f"m{name}"
        if all(phone not in self.known[it] for it, current in now.items() if current == id):
            self.known[id][phone] = 0

    @invariant()
    def whoever_is_looked_for_is_found_once(self) -> None:
        now = self.stands()

        async def look(c: Any) -> None:
            found = await queries.by_numbers(c, self.tenant, PHONES)
            for phone in PHONES:
                having = sorted((-known[phone], id) for id, known in self.known.items() if phone in known)
                wanted = now[having[0][1]] if having else None
                assert (found[phone].id if phone in found else None) == wanted
            for id, current in now.items():
                it = await record.whole(c, self.tenant, id)
                assert it is not None
                mine = [other for other, stands in now.items() if stands == current]
                assert (it.one["id"], sorted(it.ids)) == (current, sorted(mine))
                assert it.numbers == sorted({phone for other in mine for phone in self.known[other]})

        self.read(look)

    def teardown(self) -> None:
        """All taken back, whatever the order: each is again who they were."""
        for id in sorted(self.merges, key=lambda id: id[::-1]):
            self.write(lambda c, id=id: merging.unmerge(c, self.tenant, id, "u"))  # type: ignore[misc]
        self.merges.clear()
        self.whoever_is_looked_for_is_found_once()
        c = tables.customer.c
        query = sa.select(c.id, c.name).where(c.tenant == self.tenant)

        async def names(connection: Any) -> dict[str, str]:
            return {row.id: row.name for row in await connection.execute(query)}

        assert self.read(names) == self.names


def test_merges_and_what_is_taken_back(sqlite_with_tables: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_with_tables, tmp_path / "records.db")
    held = settings(max_examples=12, stateful_step_count=20, deadline=None)
    with asyncio.Runner() as runner:
        records = Records(f"sqlite+aiosqlite:///{tmp_path / 'records.db'}")
        try:
            run_state_machine_as_test(lambda: Customers(runner.run, records), settings=held)
        finally:
            runner.run(records.close())
