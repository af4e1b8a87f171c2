"""A tenant's whole configuration as one immutable value in memory: calls arrive faster than SQL should be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from . import fields, outside, routing, schemas

B = TypeVar("B", bound=fields.Body)


@dataclass(frozen=True)
class Item(Generic[B]):
    id: str
    version: int
    body: B
    secret: str | None = None
    """Sealed."""

    @property
    def name(self) -> str:
        return self.body.name


class Phone(NamedTuple):
    agent: str
    username: str
    secret: str
    """Sealed."""


class Published(NamedTuple):
    """One version of a flow, which never changes."""

    text: str
    cases: str
    calls: Mapping[str, int]
    """Versions of the flows that it calls, directly or not."""


@dataclass(frozen=True)
class View:
    """Read only. `phones`: the desk phones by agent."""

    tenant: str
    revision: int = 0
    items: Mapping[str, Mapping[str, Item[Any]]] = field(default_factory=dict)
    published: Mapping[str, int] = field(default_factory=dict)
    """By flow, the version that callers meet now."""
    newest: Mapping[str, int] = field(default_factory=dict)
    """By flow, the last number that was given to a version."""
    due: tuple[tuple[float, str, int], ...] = ()
    """When which version of a flow is to take over, the next first."""
    phones: Mapping[str, Phone] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Item[Any]]:
        return self.items.get(kind, {})

    @property
    def lines(self) -> Mapping[str, Item[schemas.Line]]:
        return self.of("lines")

    @property
    def sites(self) -> Mapping[str, Item[routing.Site]]:
        return self.of("sites")

    @property
    def skills(self) -> Mapping[str, Item[routing.Skill]]:
        return self.of("skills")

    @property
    def queues(self) -> Mapping[str, Item[routing.Queue]]:
        return self.of("queues")

    @property
    def teams(self) -> Mapping[str, Item[routing.Team]]:
        return self.of("teams")

    @property
    def rules(self) -> Mapping[str, Item[routing.Rule]]:
        return self.of("rules")

    @property
    def agents(self) -> Mapping[str, Item[routing.Agent]]:
        return self.of("agents")

    @property
    def reasons(self) -> Mapping[str, Item[schemas.Reason]]:
        return self.of("reasons")

    @property
    def dispositions(self) -> Mapping[str, Item[schemas.Disposition]]:
        return self.of("dispositions")

    @property
    def hours(self) -> Mapping[str, Item[schemas.Hours]]:
        return self.of("hours")

    @property
    def trunks(self) -> Mapping[str, Item[schemas.Trunk]]:
        return self.of("trunks")

    @property
    def services(self) -> Mapping[str, Item[outside.Service]]:
        return self.of("services")

    @property
    def entry_points(self) -> Mapping[str, Item[schemas.EntryPoint]]:
        return self.of("entry-points")

    @property
    def destinations(self) -> Mapping[str, Item[schemas.Destination]]:
        return self.of("destinations")

    @property
    def flows(self) -> Mapping[str, Item[schemas.Flow]]:
        return self.of("flows")

    @property
    def settings(self) -> Item[schemas.Settings]:
        """Version 0 with defaults until somebody changes them."""
        return self.of("settings").get("settings") or Item("settings", 0, schemas.Settings())

    def item(self, kind: str, id: str) -> Item[Any] | None:
        """Settings are always there."""
        return self.settings if kind == "settings" else self.of(kind).get(id)

    def with_item(self, kind: str, id: str, item: Item[Any] | None) -> View:
        of_kind = dict(self.of(kind))
        if item is None:
            of_kind.pop(id, None)
        else:
            of_kind[id] = item
        return replace(self, items={**self.items, kind: of_kind})

    def with_version(self, flow: str, version: int, starts_at: float, now: float) -> View:
        """A new version; from now on when it has not to wait."""
        newest = {**self.newest, flow: version}
        if starts_at > now:
            return replace(self, newest=newest, due=tuple(sorted([*self.due, (starts_at, flow, version)])))
        return replace(self, newest=newest, published={**self.published, flow: version})

    def without_version(self, flow: str, version: int) -> View:
        return replace(self, due=tuple(it for it in self.due if it[1:] != (flow, version)))

    def with_phone(self, agent: str, phone: Phone | None) -> View:
        phones = {a: p for a, p in self.phones.items() if a != agent}
        return replace(self, phones=phones if phone is None else {**phones, agent: phone})
