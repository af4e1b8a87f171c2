"""The configuration over HTTP: the same five calls for every kind, and the few that only one kind has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, create_model
from starlette.responses import Response

from qingting.access import Identity, require
from qingting.errors import NotAllowed, NotFound
from qingting.paging import Cursor, Limit, cursor, page, position

from . import actions, http_versions, importing, model, versions
from .document import SIZE_MOST
from .entries import entry_sites
from .fields import Body, OptionalId
from .live import Configuration
from .schemas import KINDS, Settings
from .trunks import site_trunk
from .view import Item, View

Viewer = Annotated[Identity, Depends(require("configuration.view"))]
Editor = Annotated[Identity, Depends(require("configuration.edit"))]
Mover = Annotated[Identity, Depends(require("configuration.transfer"))]
Version = Annotated[int, Field(ge=0, le=2_000_000_000)]
Secret = Annotated[str, Field(max_length=200, pattern=r"^[^\r\n;,]*$")]
"""Of a trunk or a site: what a SIP configuration can hold."""
Credential = Annotated[str, Field(max_length=2000, pattern=r"^[\x20-\x7e]*$")]
"""Of a service: what a header can hold."""
WITH_SECRET: dict[str, Any] = {"trunks": Secret, "sites": Secret, "services": Credential}


class Registrar(NamedTuple):
    """Where SIP desk phones register."""

    host: str
    port: int
    transport: str


class FlowText(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(max_length=200_000)]
    cases: Annotated[str, Field(max_length=200_000)] = ""


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(max_length=SIZE_MOST)]
    only_look: bool = False
    """Nothing is changed; the answer is the same."""


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Version


TrunkStateOf = Callable[[str, str], tuple[str, str]]
"""(tenant, trunk) -> how it stands in the engine, and why so; as `telephony.port.TrunkState`."""


def routes(configuration: Configuration, registrar: Registrar, trunk_state: TrunkStateOf) -> APIRouter:
    router = APIRouter(tags=["configuration"])
    _trunks(router, configuration, trunk_state)
    _settings(router, configuration)
    _warnings(router, configuration)
    _document(router, configuration)
    _flows(router, configuration)
    _phones(router, configuration, registrar)
    for kind, body in KINDS.items():
        if kind != "settings":
            _kind(router, configuration, kind, body)
    return router


def shown(view: View, kind: str, item: Item[Any]) -> dict[str, Any]:
    """An item as the API gives it; a secret is only said to be there."""
    out = {"id": item.id, "version": item.version, **item.body.model_dump(mode="json", by_alias=True)}
    if kind in WITH_SECRET:
        out["has_secret"] = item.secret is not None
    if kind == "agents":
        out["has_phone"] = item.id in view.phones
    if kind == "flows":
        out["published_version"] = view.published.get(item.id, 0)
    return out


def _kind(router: APIRouter, configuration: Configuration, kind: str, body: type[Body]) -> None:
    name = model.singular(kind)
    extra: dict[str, Any] = {"secret": (WITH_SECRET[kind] | None, None)} if kind in WITH_SECRET else {}
    created = create_model(f"New{body.__name__}", __base__=body, id=(OptionalId, ""), **extra)
    changed = create_model(f"Changed{body.__name__}", __base__=body, version=(Version, ...), **extra)

    async def list_items(
        who: Viewer, limit: Limit = 50, cursor_: Annotated[Cursor, Query(alias="cursor")] = "", q: Query80 = ""
    ) -> dict[str, Any]:
        view = configuration.of(who.tenant)
        found = sorted(
            (i for i in view.of(kind).values() if _in_scope(who, i.body) and q.casefold() in i.name.casefold()),
            key=lambda i: (i.name, i.id),
        )
        after = position(cursor_, str, str) if cursor_ else ("", "")
        rest = [i for i in found if (i.name, i.id) > after]
        more = cursor(rest[limit - 1].name, rest[limit - 1].id) if len(rest) > limit else None
        return page([shown(view, kind, i) for i in rest[:limit]], more, len(found))

    async def get_item(id: str, who: Viewer) -> dict[str, Any]:
        return await _warned(configuration, who, kind, _seen(configuration, who, kind, id))

    async def create_item(new: Any, who: Editor) -> dict[str, Any]:
        _may_change(who, new)
        item = await actions.create(
            configuration, who, kind, _body(body, new), id=new.id, secret=getattr(new, "secret", None) or ""
        )
        return await _answer(configuration, who, kind, item)

    async def change_item(id: str, new: Any, who: Editor) -> dict[str, Any]:
        _may_change(who, _seen(configuration, who, kind, id).body)
        _may_change(who, new)
        secret = getattr(new, "secret", None)
        item = await actions.replace(configuration, who, kind, id, new.version, _body(body, new), secret=secret)
        return await _answer(configuration, who, kind, item)

    async def remove_item(id: str, who: Editor) -> None:
        _may_change(who, _seen(configuration, who, kind, id).body)
        await actions.remove(configuration, who, kind, id)

    async def remove_queue(id: str, who: Editor, move_to: Annotated[OptionalId, Query()] = "") -> None:
        """`move_to`: queue in which those who wait go on; without it they forbid the removal."""
        _may_change(who, _seen(configuration, who, kind, id).body)
        if (other := configuration.of(who.tenant).queues.get(move_to)) is not None:
            _may_change(who, other.body)
        await actions.remove(configuration, who, kind, id, move_to=move_to)

    create_item.__annotations__["new"] = created
    change_item.__annotations__["new"] = changed
    router.add_api_route(f"/{kind}", list_items, methods=["GET"], name=f"list_{name}")
    router.add_api_route(f"/{kind}", create_item, methods=["POST"], status_code=201, name=f"create_{name}")
    router.add_api_route(f"/{kind}/{{id}}", get_item, methods=["GET"], name=f"get_{name}")
    router.add_api_route(f"/{kind}/{{id}}", change_item, methods=["PUT"], name=f"change_{name}")
    removed = remove_queue if kind == "queues" else remove_item
    router.add_api_route(f"/{kind}/{{id}}", removed, methods=["DELETE"], status_code=204, name=f"remove_{name}")


def _settings(router: APIRouter, configuration: Configuration) -> None:
    changed = create_model("ChangedSettings", __base__=Settings, version=(Version, ...))

    async def get_settings(who: Viewer) -> dict[str, Any]:
        view = configuration.of(who.tenant)
        return shown(view, "settings", view.settings)

    async def change_settings(new: Any, who: Editor) -> dict[str, Any]:
        _may_change(who, new)
        body = _body(Settings, new)
        item = await actions.replace(configuration, who, "settings", "settings", new.version, body)
        return await _answer(configuration, who, "settings", item)

    change_settings.__annotations__["new"] = changed
    router.add_api_route("/settings", get_settings, methods=["GET"])
    router.add_api_route("/settings", change_settings, methods=["PUT"])


def _trunks(router: APIRouter, configuration: Configuration, trunk_state: TrunkStateOf) -> None:
    @router.get("/trunk-states")
    async def trunk_states(who: Viewer) -> dict[str, Any]:
        """How each trunk stands now, and what is wrong with it."""
        states = [(id, *trunk_state(who.tenant, id)) for id in sorted(configuration.of(who.tenant).trunks)]
        return {"items": [{"id": id, "state": state, "why": why} for id, state, why in states]}

    @router.get("/site-states")
    async def site_states(who: Viewer) -> dict[str, Any]:
        """How the engine of each site that has one of its own stands to ours."""
        found = [id for id, item in sorted(configuration.of(who.tenant).sites.items()) if item.body.host]
        states = [(id, *trunk_state(who.tenant, site_trunk(id))) for id in found]
        return {"items": [{"id": id, "state": state, "why": why} for id, state, why in states]}


def _warnings(router: APIRouter, configuration: Configuration) -> None:
    @router.get("/configuration/warnings")
    async def warnings(who: Viewer) -> dict[str, Any]:
        """What is kept, and yet fails customers: requirements that no agent can ever meet, so that who comes with one
        waits for ever; a policy that leads to what a published flow has no way for."""
        return {"items": [*_unservable(configuration, who), *await _without_way(configuration, who)]}


def _document(router: APIRouter, configuration: Configuration) -> None:
    @router.get("/configuration/document", response_class=Response)
    async def export(who: Mover) -> Response:
        """The whole configuration as one text, without secrets."""
        headers = {"Content-Disposition": 'attachment; filename="configuration.yaml"'}
        return Response(await importing.export(configuration, who), media_type="text/yaml", headers=headers)

    @router.post("/configuration/document")
    async def bring_in(new: Document, who: Mover) -> dict[str, Any]:
        """All of it, or nothing when anything in it is refused."""
        act = importing.look_at if new.only_look else importing.bring_in
        brought = await act(configuration, who, new.text)
        return {
            "changes": [each._asdict() for each in brought.changes],
            "same": brought.same,
            "left": [each._asdict() for each in brought.left],
            "without_secret": [each._asdict() for each in brought.without_secret],
        }


def _flows(router: APIRouter, configuration: Configuration) -> None:
    @router.post("/flows/check")
    async def check_flow(flow: FlowText, who: Viewer) -> dict[str, Any]:
        return await _checked(configuration, who, flow.text, flow.cases)

    def seen_flow(who: Identity, id: str) -> None:
        _seen(configuration, who, "flows", id)

    def may_change_flow(who: Identity, id: str) -> None:
        _may_change(who, _seen(configuration, who, "flows", id).body)

    async def answer(who: Identity, item: Item[Any]) -> dict[str, Any]:
        return await _answer(configuration, who, "flows", item)

    router.routes.extend(http_versions.routes(configuration, seen_flow, may_change_flow, answer).routes)


def _phones(router: APIRouter, configuration: Configuration, registrar: Registrar) -> None:
    @router.post("/agents/{id}/phone", status_code=201)
    async def issue_phone(id: str, who: Editor) -> dict[str, Any]:
        _may_change(who, _seen(configuration, who, "agents", id).body)
        username, secret = await actions.issue_phone(configuration, who, id)
        return {"username": username, "secret": secret, **registrar._asdict()}

    @router.delete("/agents/{id}/phone", status_code=204)
    async def revoke_phone(id: str, who: Editor) -> None:
        _may_change(who, _seen(configuration, who, "agents", id).body)
        await actions.revoke_phone(configuration, who, id)


Query80 = Annotated[str, Query(max_length=80)]


async def _answer(configuration: Configuration, who: Identity, kind: str, item: Item[Any]) -> dict[str, Any]:
    out = await _warned(configuration, who, kind, item)
    if kind == "flows":
        out |= await _checked(configuration, who, item.body.text, item.body.cases)
    return out


async def _checked(configuration: Configuration, who: Identity, text: str, cases: str) -> dict[str, Any]:
    """`problems` and cases that fail (`failures`, in words) stand against publishing a flow, `warnings` do not."""
    view = configuration.of(who.tenant)
    problems, failures = await versions.checked(configuration, view, text, cases)
    servable = partial(configuration.servable, who.tenant)
    told = model.flow_warnings(text, view, configuration.check_flow, servable, configuration.voiced)
    return {
        "problems": [each._asdict() for each in problems],
        "warnings": [each._asdict() for each in told] if not problems else [],
        "failures": [each._asdict() for each in failures],
    }


async def _warned(configuration: Configuration, who: Identity, kind: str, item: Item[Any]) -> dict[str, Any]:
    """One item, with what is wrong with it though it is kept."""
    out = shown(configuration.of(who.tenant), kind, item)
    if kind in ("queues", "rules"):
        field = model.singular(kind)
        found = [*_unservable(configuration, who), *await _without_way(configuration, who)]
        out["warnings"] = [each for each in found if each[field] == item.id]
    return out


async def _without_way(configuration: Configuration, who: Identity) -> list[dict[str, Any]]:
    """By queue, flow and to what, of the published flows by which customers come."""
    view = configuration.of(who.tenant)
    flows = sorted({item.body.flow for item in view.entry_points.values() if item.body.enabled})
    found: dict[tuple[str, str, str], None] = {}
    for flow in flows:
        if version := view.published.get(flow):
            report = configuration.check_flow(await configuration.flow_text(who.tenant, flow, version))
            found |= {(queue, flow, to): None for _, queue, to in model.without_way(report, view)}
    return [
        {"code": "overflow.no_way", "queue": queue, "rule": "", "skills": {}, "site": "", "flow": flow, "to": to}
        for queue, flow, to in found
        if _in_scope(who, view.queues[queue].body)
    ]


def _unservable(configuration: Configuration, who: Identity) -> list[dict[str, Any]]:
    view = configuration.of(who.tenant)
    # Contacts come by entry points: a site that has none asks for nobody.
    sites = {"", *entry_sites(view)}
    return [
        {"code": "requirement.nobody" if each.skills or each.site else "queue.no_agents", **each._asdict()}
        for each in configuration.unservable(who.tenant)
        if each.queue in view.queues and each.site in sites and _in_scope(who, view.queues[each.queue].body)
    ]


def _body(body: type[Body], new: BaseModel) -> Body:
    return body.model_validate(new.model_dump(by_alias=True, include=set(body.model_fields)))


def _in_scope(who: Identity, body: Body) -> bool:
    """Those whose scope is some lines see what belongs to these, and what belongs to none."""
    line = getattr(body, "line", "")
    return not line or who.sees_line(line)


def _may_change(who: Identity, body: BaseModel) -> None:
    """Those whose scope is some lines change what belongs to these, and nothing that all lines share."""
    if who.lines and getattr(body, "line", "") not in who.lines:
        raise NotAllowed("scope.line", "this is outside the business lines of your scope")


def _seen(configuration: Configuration, who: Identity, kind: str, id: str) -> Item[Any]:
    item = configuration.of(who.tenant).of(kind).get(id)
    if item is None or not _in_scope(who, item.body):
        raise NotFound(f"{model.singular(kind)}.unknown", id=id)
    return item
