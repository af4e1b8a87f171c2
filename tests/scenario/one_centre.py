"""One centre for all tests of a file, its administrator, a trunk and a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..centre import Client, Running, prompts_of_a_run
from ..centre import centre as running_centre
from ..ports import free_ports
from .desk import Desk, change


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    prompts = prompts_of_a_run(tmp_path_factory.getbasetemp())
    with running_centre(tmp_path_factory.mktemp("telephones"), prompts) as it:
        yield it


@pytest.fixture(scope="module")
def admin(centre: Running) -> Client:
    return centre.client("admin")


@pytest.fixture(scope="module")
def trunk_port(admin: Client) -> int:
    """Where the demonstration's trunk leads to: nobody is there until a test puts somebody."""
    (port,) = free_ports(1)
    change(admin, "trunks", "local", port=port)
    return port


@pytest.fixture
def desk(centre: Running, admin: Client, tmp_path: Path) -> Iterator[Desk]:
    it = Desk(centre, admin, tmp_path, "3850")
    yield it
    it.leave()


@pytest.fixture
def dialling_desk(admin: Client, desk: Desk) -> Desk:
    """Whose agent may call outside."""
    (user,) = (it for it in admin.get("/users", params={"limit": 200}).json()["items"] if it["name"] == desk.name)
    admin.patch(f"/users/{user['id']}", json={"roles": ["agent", "supervisor"]}).raise_for_status()
    desk.client = desk.centre.client(desk.name)
    return desk
