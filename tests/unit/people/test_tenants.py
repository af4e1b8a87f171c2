"""No door of one tenant shows or touches anything of another."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from qingting import migrate
from qingting.contexts.people import api

from .conftest import Centre


async def everything_of(centre: Centre, tenant: str) -> dict[str, list[Any]]:
    """All rows of a tenant, but the traces of being signed in."""
    rows = {}
    async with centre.people.records.read() as c:
        for table in migrate.every_table().tables.values():
            if "tenant" in table.c and table.name not in ("sessions",):
                columns = [column for column in table.c if column.name not in ("last_seen", "last_used")]
                found = await c.execute(sa.select(*columns).where(table.c.tenant == tenant))
                rows[table.name] = sorted(map(repr, found))
    return rows


async def test_ids_of_another_tenant_are_unknown_at_every_door(centre: Centre) -> None:
    ada, eve = await centre.signed_in("ada"), await centre.signed_in("cicada/eve")
    await ada.post("/invitations", json={"name": "sun", "mail": "sun@example.com", "roles": ["agent"]})
    token = (await ada.post("/tokens", json={"name": "ours", "permissions": ["audit.view"]})).json()
    before = await everything_of(centre, centre.tenant)
    ours = [centre.tenant, token["id"], *(centre.ids[name] for name in ("ada", "wang", "lin"))]
    words = [*ours, "蜻蜓电信", "wang", "sun@example.com", "ours"]

    paths = centre.app.openapi()["paths"]
    tried = 0
    for template, methods in paths.items():
        if not template.startswith("/api/v1/") or "{token}" in template:
            continue
        for method in methods:
            if method == "delete" and template == "/api/v1/session":
                continue
            for id in ours if "{" in template else [""]:
                path = template.removeprefix("/api/v1").replace("{id}", id)
                body = {"display_name": "taken over", "active": False} if method == "patch" else None
                answer = await eve.request(method.upper(), path, json=body, params={"user": id, "cursor": ""})
                tried += 1
                assert not [word for word in words if word in answer.text], (method, path, answer.text)
                if "{" in template and template != "/api/v1/tokens/{id}":
                    assert answer.status_code in (404, 422), (method, path, answer.status_code)
    assert tried > 30
    assert await everything_of(centre, centre.tenant) == before


async def test_a_token_of_another_tenant_is_not_taken_back(centre: Centre) -> None:
    ada, eve = await centre.signed_in("ada"), await centre.signed_in("cicada/eve")
    token = (await ada.post("/tokens", json={"name": "ours", "permissions": ["audit.view"]})).json()
    assert (await eve.delete(f"/tokens/{token['id']}")).status_code == 204
    assert (await centre.client(token=token["token"]).get("/audit")).status_code == 200


async def test_names_are_given_for_ones_own_tenant(centre: Centre) -> None:
    async with centre.people.records.read() as c:
        mine = await api.people_names(c, centre.tenant)
        asked = await api.people_names(c, centre.other, list(centre.ids.values()))
    assert sorted(person.name for person in mine) == ["ada", "lin", "wang"]
    assert [person.name for person in asked] == ["eve"]
