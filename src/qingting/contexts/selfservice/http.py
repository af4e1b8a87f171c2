"""How self-service does, over HTTP: flows, one flow with its nodes, its drawing. Within the lines of who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from functools import reduce
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query

from qingting.access import Identity, require
from qingting.contexts.configuration.api import Configuration
from qingting.errors import NotFound
from qingting.flow.document import Document
from qingting.records import Records

from . import queries, rates
from .graph import drawn
from .model import Figures, Totals, added
from .periods import DAYS_MOST, Interval, period

Viewer = Annotated[Identity, Depends(require("selfservice.view"))]
Flow = Annotated[str, Path(max_length=80)]
Version = Annotated[int, Query(ge=0, le=1_000_000)]
Documents = Callable[[str, str, int], Awaitable[Document]]
"""(tenant, flow, version) → a published flow. Raises `QingtingError`."""


class Span(NamedTuple):
    """What is looked at; what is not said: seven days until the tenant's today, all lines they see, all versions."""

    first: dt.date | None
    last: dt.date | None
    days: int
    """Where `first` is not said."""
    line: str
    version: int
    interval: Interval


def _span(
    first: Annotated[dt.date | None, Query(alias="from")] = None,
    last: Annotated[dt.date | None, Query(alias="to")] = None,
    days: Annotated[int, Query(ge=1, le=DAYS_MOST)] = 7,
    line: Annotated[str, Query(max_length=80)] = "",
    version: Version = 0,
    interval: Interval = "day",
) -> Span:
    return Span(first, last, days, line, version, interval)


Asked = Annotated[Span, Depends(_span)]


def routes(records: Records, configuration: Configuration, documents: Documents) -> APIRouter:
    router = APIRouter(tags=["self-service"])

    def wanted(who: Identity, span: Span, flow: str = "") -> queries.Wanted:
        zone = configuration.of(who.tenant).settings.body.timezone
        last = span.last or dt.datetime.now(ZoneInfo(zone)).date()
        of = period(span.first or last - dt.timedelta(days=span.days - 1), last, zone, span.interval)
        return queries.Wanted(who.tenant, of, _lines(who, span.line), flow, span.version if flow else 0)

    @router.get("/self-service/flows")
    async def flows(who: Viewer, span: Asked) -> dict[str, Any]:
        """Flows that were published or that somebody met in that time."""
        asked = wanted(who, span)
        view, cost = configuration.of(who.tenant), _cost(configuration, who)
        async with records.read() as connection:
            found = await queries.flows(connection, asked)
            days = await queries.trend(connection, asked, "day")
        by_flow: dict[str, Totals] = {id: Totals() for id in view.published if id in view.flows}
        for (flow, _), sums in found.items():
            by_flow[flow] = added(by_flow.get(flow, Totals()), sums)
        items = [
            {
                "flow": flow,
                "name": _name(configuration, who, flow),
                "published_version": view.published.get(flow, 0),
                **rates.of_flow(sums, cost),
            }
            for flow, sums in by_flow.items()
        ]
        items.sort(key=lambda item: (-item["contacts"], item["name"]))
        return {
            **_about(configuration, who),
            "total": rates.of_flow(_sum(by_flow.values()), cost),
            "days": [{"day": day, **rates.of_flow(sums, cost)} for day, sums in days.items()],
            "items": items,
        }

    @router.get("/self-service/flows/{flow}")
    async def one(who: Viewer, flow: Flow, span: Asked) -> dict[str, Any]:
        """One flow in a time, all versions or one: sums, by interval, by node (worst first), ways that were gone."""
        asked = wanted(who, span, flow)
        cost = _cost(configuration, who)
        async with records.read() as connection:
            versions = await queries.flows(connection, asked._replace(version=0))
            trend = await queries.trend(connection, asked, span.interval)
            nodes = await queries.nodes(connection, asked)
            ways = await queries.ways(connection, asked)
        published = configuration.of(who.tenant).published.get(flow, 0)
        if not versions and flow not in configuration.of(who.tenant).flows:
            raise NotFound("flow.unknown", id=flow)
        total = _sum(sums for (_, v), sums in versions.items() if span.version in (0, v))
        met = ({published: 0} if published else {}) | {v: sums.contacts for (_, v), sums in versions.items()}
        return {
            **_about(configuration, who),
            "flow": flow,
            "name": _name(configuration, who, flow),
            "published_version": published,
            "versions": [{"version": v, "contacts": n} for v, n in sorted(met.items(), reverse=True)],
            "total": rates.of_flow(total, cost),
            "trend": [{"at": at, **rates.of_flow(sums, cost)} for at, sums in trend.items()],
            "nodes": _nodes(nodes, total.contacts),
            "ways": ways,
        }

    @router.get("/self-service/flows/{flow}/node")
    async def node(
        who: Viewer, flow: Flow, span: Asked, node: Annotated[str, Query(max_length=200)] = ""
    ) -> dict[str, Any]:
        """One node by interval."""
        asked = wanted(who, span, flow)
        async with records.read() as connection:
            found = await queries.node_trend(connection, asked, node, span.interval)
            callers = await queries.trend(connection, asked, span.interval)
        if not callers and flow not in configuration.of(who.tenant).flows:
            raise NotFound("flow.unknown", id=flow)
        return {
            "items": [
                {"at": at, **rates.of_node(sums, callers.get(at, Totals()).contacts)} for at, sums in found.items()
            ]
        }

    @router.get("/self-service/flows/{flow}/graph")
    async def graph(who: Viewer, flow: Flow, version: Version = 0) -> dict[str, Any]:
        """A published version, the present one when none is named, as it is drawn."""
        version = version or configuration.of(who.tenant).published.get(flow, 0)
        return {"version": version, **drawn(await documents(who.tenant, flow, version))}

    return router


def _lines(who: Identity, line: str) -> frozenset[str] | None:
    """One line that is asked for, within those that they may see."""
    if line:
        return frozenset({line}) & who.lines if who.lines else frozenset({line})
    return who.lines or None


def _cost(configuration: Configuration, who: Identity) -> rates.Cost:
    said = configuration.of(who.tenant).settings.body.self_service
    return rates.Cost(said.agent_contact_cost, said.currency)


def _about(configuration: Configuration, who: Identity) -> dict[str, Any]:
    said = configuration.of(who.tenant).settings.body.self_service
    return {
        "definitions": rates.DEFINITIONS,
        "target": said.containment_target,
        "agent_contact_cost": said.agent_contact_cost,
        "currency": said.currency,
    }


def _name(configuration: Configuration, who: Identity, flow: str) -> str:
    item = configuration.of(who.tenant).flows.get(flow)
    return item.name if item is not None else flow


def _nodes(found: dict[str, Figures], callers: int) -> list[dict[str, Any]]:
    items = [
        {"node": node, "weakness": rates.weakness(sums, callers), **rates.of_node(sums, callers)}
        for node, sums in found.items()
    ]
    return sorted(items, key=lambda item: (-item["weakness"], -item["contacts"], item["node"]))


def _sum(found: Iterable[Totals]) -> Totals:
    return reduce(added, found, Totals())
