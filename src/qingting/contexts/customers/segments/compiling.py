"""SQL of rules: one condition on the record that stands for a customer, the same on SQLite and PostgreSQL.

Everything is asked of all records that stand together (`customer.current`), as they are shown (`merged.as_one`): what
hangs on any of them counts; a plain word is that of the record that stands for all, or where it is silent of the
oldest that is not. Sets are asked for once by statement, not once by customer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from qingting.contexts.contacts.api import Which, contacts_with
from qingting.records_narrowed import Fits, asked

from .. import tables as t
from ..model import LEVELS, PHONE, name_key
from ..upserting import indexed
from . import rule as r

DAY_S = 86_400.0


@dataclass(frozen=True)
class World:
    """In which a rule is asked."""

    tenant: str
    now: float
    zone: str
    """By which days are told apart."""
    dialect: str
    """`sqlite` or `postgresql`."""


def fits(rule: r.Rule, world: World, leader: Any = t.customer) -> Fits:
    """A condition on rows of `leader` (the table of customers, or an alias of it) that stand for themselves."""
    return _Compiling(world, leader).of(rule)


def of_all(world: World, leader: Any = t.customer) -> Fits:
    """Whoever stands for themselves: among whom a rule is asked."""
    return sa.and_(leader.c.tenant == world.tenant, leader.c.current == leader.c.id)


class _Compiling:
    def __init__(self, world: World, leader: Any) -> None:
        self.world, self.leader = world, leader

    def of(self, rule: r.Rule) -> Fits:
        match rule:
            case r.All():
                return sa.and_(*(self.of(part) for part in rule.parts))
            case r.Any_():
                return sa.or_(*(self.of(part) for part in rule.parts))
            case r.Not():
                return sa.not_(self.of(rule.part))
            case r.Kind():
                return self._column("kind").in_(rule.values)
            case r.Language():
                return self._word("language", lambda column: _speaks(column, rule.values))
            case r.OnDay():
                return self._word(rule.what, lambda column: _within(column, rule.span))
            case r.OfAttribute():
                return self._attribute(rule)
            case r.Identified():
                i = t.identity.c
                kind = (i.kind == rule.kind,) if rule.kind else ()
                return self._has(t.identity, i.level >= LEVELS.index(rule.level), *kind)
            case r.Tagged():
                g = t.tag.c
                told = ((g.tag, rule.tag), (g.layer, rule.layer), (g.origin, rule.origin))
                return self._has(t.tag, *(column == value for column, value in told if value))
            case r.Lives():
                return self._has(t.address, t.address.c.key.contains(name_key(rule.text), autoescape=True))
            case r.OfField():
                return self._field(rule)
            case r.Consents():
                return self._consent(rule)
            case r.When():
                return self._when(rule)
            case r.Contacts():
                return self._contacts(rule)

    def _column(self, name: str) -> sa.ColumnElement[Any]:
        column: sa.ColumnElement[Any] = self.leader.c[name]
        return column

    def _stand(self, query: sa.Select[Any]) -> Fits:
        """Those who stand for the records whose `current` is asked for."""
        return self._column("id").in_(query)

    def _has(self, table: sa.Table, *where: Fits) -> Fits:
        """Such a row hangs on any of the records."""
        own, of_record = t.customer.alias(), table.c
        on = sa.and_(own.c.tenant == of_record.tenant, own.c.id == of_record.customer)
        return self._stand(
            sa.select(own.c.current)
            .select_from(table.join(own, on))
            .where(of_record.tenant == self.world.tenant, *where)
        )

    def _together(self, own: Any, other: Any) -> sa.Select[Any]:
        """Ids of the records (`other`) that stand together with one (`own`). Asked by `IN`, not by a join: SQLite
        would rather begin at the other end, and walk through all each time."""
        here = (other.c.tenant == self.world.tenant, other.c.current == own.c.current)
        return sa.select(other.c.id).where(*here).correlate(own)

    # --- plain words: of the record that stands for all, else of the oldest that says something ----------------

    def _word(self, name: str, right: Any) -> Fits:
        """`right`: of a column of some record."""
        return self._said(lambda row: row.c[name] != "", lambda row: right(row.c[name]))

    def _said(self, says: Any, right: Any) -> Fits:
        """`says`, `right`: of a row of the table of customers."""
        own, older = t.customer.alias(), t.customer.alias()
        before = sa.exists().where(
            older.c.tenant == self.world.tenant,
            older.c.current == own.c.current,
            older.c.id != older.c.current,
            older.c.id.concat("") < own.c.id,  # not by this index: SQLite would, and walk all that is older
            says(older),
        )
        merged = sa.select(own.c.current).where(
            own.c.tenant == self.world.tenant, own.c.id != own.c.current, says(own), right(own), ~before
        )
        return sa.case((says(self.leader), right(self.leader)), else_=self._stand(merged))

    def _attribute(self, rule: r.OfAttribute) -> Fits:
        def type_of(row: Any) -> sa.ColumnElement[str | None]:
            """Of the value, None where there is none."""
            if self.world.dialect == "sqlite":
                return sa.func.json_type(row.c.attributes, f"$.{rule.name}")
            return sa.func.json_typeof(row.c.attributes[rule.name])

        numeric = ("integer", "real") if self.world.dialect == "sqlite" else ("number",)

        def right(row: Any) -> Fits:
            value, kind = row.c.attributes[rule.name], type_of(row)
            # Looked at as a number only where it is one.
            number = sa.case((kind.in_(numeric), value.as_float()), else_=None)
            amounts = [v for v in rule.values if isinstance(v, float)]
            codes = [v for v in rule.values if isinstance(v, str)]
            if rule.span is not None:
                return sa.func.coalesce(_within(number, rule.span), sa.false())
            if rule.values:
                code = sa.and_(kind.not_in(numeric), value.as_string().in_(codes))
                return sa.or_(code, sa.func.coalesce(number.in_(amounts), sa.false()))
            return sa.true()

        return self._said(lambda row: type_of(row).is_not(None), right)

    # --- what hangs on records ----------------------------------------------------------------------------------

    def _field(self, rule: r.OfField) -> Fits:
        """As a plain word, from the index of searchable fields: the leader's, else the oldest's that is not empty."""
        f, own = t.field_index.alias(), t.customer.alias()
        g, other = t.field_index.alias(), t.customer.alias()
        mine = sa.and_(f.c.tenant == self.world.tenant, f.c.field == rule.field, f.c.text != "")
        before = sa.or_(other.c.id == other.c.current, other.c.id < own.c.id)
        better = asked(
            g.c.tenant == self.world.tenant,
            g.c.customer.in_(self._together(own, other).where(before)),
            g.c.field == rule.field,
            g.c.text != "",
        )
        query = (
            sa.select(own.c.current)
            .select_from(f.join(own, sa.and_(own.c.tenant == f.c.tenant, own.c.id == f.c.customer)))
            .where(mine, sa.or_(own.c.id == own.c.current, ~better))
        )
        if rule.values:
            query = query.where(f.c.text.in_([indexed(value)["text"] for value in rule.values]))
        if rule.span is not None:
            days = isinstance(rule.span.least, str) or isinstance(rule.span.most, str)
            span = r.Span(*(name_key(v) if isinstance(v, str) else v for v in (rule.span.least, rule.span.most)))
            query = query.where(_within(f.c.text if days else f.c.number, span))
        return self._stand(query)

    def _consent(self, rule: r.Consents) -> Fits:
        """What was said last; of what was said at the same instant a refusal."""
        s, own = t.consent.alias(), t.customer.alias()
        u, other = t.consent.alias(), t.customer.alias()
        after = u.c.at > s.c.at
        if rule.given:
            after = sa.or_(after, sa.and_(u.c.at == s.c.at, ~u.c.given))
        taken_back = asked(
            u.c.tenant == self.world.tenant,
            u.c.customer.in_(self._together(own, other)),
            u.c.purpose == s.c.purpose,
            u.c.medium == s.c.medium,
            after,
        )
        said = [s.c.tenant == self.world.tenant, s.c.purpose == rule.purpose, s.c.given == rule.given]
        if rule.medium:
            said.append(s.c.medium == rule.medium)
        return self._stand(
            sa.select(own.c.current)
            .select_from(s.join(own, sa.and_(own.c.tenant == s.c.tenant, own.c.id == s.c.customer)))
            .where(*said, ~taken_back)
        )

    # --- time and contacts --------------------------------------------------------------------------------------

    def _when(self, rule: r.When) -> Fits:
        begin, end = self._instants(rule)
        if rule.what != "contact":
            column = self._column(f"{rule.what}_at")
            ends = [column >= begin] if begin is not None else []
            return sa.and_(*ends, *([column < end] if end is not None else []))
        after = self._stand(self._whose(Which(since=begin or 0.0)))
        return after if end is None else sa.and_(after, ~self._stand(self._whose(Which(since=end))))

    def _instants(self, rule: r.When) -> tuple[float | None, float | None]:
        """From the first on, before the second."""
        if rule.within_days is not None:
            return self.world.now - rule.within_days * DAY_S, None
        if rule.before_days is not None:
            return None, self.world.now - rule.before_days * DAY_S
        if rule.span is None:
            return None, None
        zone = ZoneInfo(self.world.zone)

        def midnight(day: float | str | None, later: int) -> float | None:
            if not isinstance(day, str):
                return None
            at = dt.datetime.combine(dt.date.fromisoformat(day) + dt.timedelta(later), dt.time(), zone)
            return at.timestamp()

        return midnight(rule.span.least, 0), midnight(rule.span.most, 1)

    def _contacts(self, rule: r.Contacts) -> Fits:
        which = Which(
            since=self.world.now - rule.days * DAY_S,
            what=rule.what,
            direction="" if rule.direction == "any" else rule.direction,
            media=rule.media,
            queues=rule.queues,
            outcomes=rule.outcomes,
            dispositions=rule.dispositions,
            waited_s=rule.waited_s,
        )
        least, most = rule.least, rule.most
        if least > 0:
            several = () if least <= 1 else (lambda many: many >= least,)
            at_most = () if most is None else (lambda many: many <= most,)
            return self._stand(self._whose(which, *several, *at_most))
        return sa.true() if most is None else ~self._stand(self._whose(which, lambda many: many > most))

    def _whose(self, which: Which, *right: Callable[[sa.ColumnElement[int]], Fits]) -> sa.Select[Any]:
        """Who stands for those by one of whose phones such contacts were, as timelines tell it. `right`: of how many
        there were.

        Joined from outside, and grouped not in the order of an index: SQLite would begin with all phones, and
        look for contacts of each. So nobody is among them, as an empty id.
        """
        of_them = contacts_with(self.world.tenant, which).subquery("c")
        number = sa.func.min(of_them.c.number).label("number")
        k = (
            sa.select(number, sa.func.count().label("many"))
            .where(of_them.c.number.is_not(None))
            .group_by(of_them.c.number.concat(""))
            .subquery("k")
        )
        i, own = t.identity.alias(), t.customer.alias()
        by_number = sa.and_(i.c.tenant == self.world.tenant, i.c.kind == PHONE, i.c.value == k.c.number)
        of_record = sa.and_(own.c.tenant == i.c.tenant, own.c.id == i.c.customer)
        known = k.outerjoin(i, by_number).outerjoin(own, of_record)
        current = sa.func.coalesce(own.c.current, "").label("current")
        if not right:
            return sa.select(current).select_from(known)
        # Records that stand together may have the same number: its contacts count once.
        once = sa.select(current, k.c.number, k.c.many).select_from(known).distinct().subquery("o")
        many = sa.func.sum(once.c.many)
        return sa.select(once.c.current).group_by(once.c.current).having(*(each(many) for each in right))


def whose(tenant: str, contacts: sa.Subquery) -> sa.Select[Any]:
    """`current` of those who have the number of each of these contacts (`number` among its columns), and its columns.
    A contact comes as often as records that stand together have the number."""
    i, own = t.identity.alias(), t.customer.alias()
    by_number = sa.and_(i.c.tenant == tenant, i.c.kind == PHONE, i.c.value == contacts.c.number)
    of_record = sa.and_(own.c.tenant == i.c.tenant, own.c.id == i.c.customer)
    return sa.select(own.c.current, *contacts.c).select_from(contacts.join(i, by_number).join(own, of_record))


def _speaks(column: sa.ColumnElement[str], languages: Sequence[str]) -> Fits:
    def begins(with_: str) -> Fits:
        return sa.func.substr(column, 1, len(with_)) == with_  # LIKE minds case on one database only

    return sa.or_(column.in_(languages), *(begins(f"{it}-") for it in languages if "-" not in it))


def _within(value: sa.ColumnElement[Any], span: r.Span) -> Fits:
    ends: list[Fits] = []
    if span.least is not None:
        ends.append(value >= span.least)
    if span.most is not None:
        ends.append(value <= span.most)
    return sa.and_(*ends)
