"""Files of the built pages, the one page for all else, and a clear word when nothing was built."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest


@pytest.fixture
def ui(tmp_path: Path) -> Path:
    folder = tmp_path / "ui"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>app</title>")
    (folder / "call.html").write_text("<title>call us</title>")
    (folder / "assets" / "app-1a2b3c.js").write_text("run()")
    (folder / ".secret").write_text("hidden")
    (tmp_path / "outside.txt").write_text("outside")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


async def test_not_built_says_what_to_do(client: httpx.AsyncClient) -> None:
    answer = await client.get("/desk")
    assert answer.status_code == 503
    assert "make setup" in answer.text


async def test_addresses_of_the_app_give_its_page(ui: Path, client: httpx.AsyncClient) -> None:
    for path in ("/", "/desk", "/manage/queues/q-1", "/invitation"):
        answer = await client.get(path)
        assert (answer.status_code, answer.text) == (200, "<title>app</title>")
        assert answer.headers["cache-control"] == "no-cache"
    assert (await client.get("/call")).text == "<title>call us</title>"
    assert (await client.head("/desk")).status_code == 200
    assert (await client.post("/desk")).status_code == 405


async def test_hashed_files_are_kept_for_good_and_missed_ones_are_missing(
    ui: Path, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/assets/app-1a2b3c.js")
    assert answer.text == "run()"
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]
    for gone in ("/assets/app-000000.js", "/favicon.ico"):
        answer = await client.get(gone)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "path.unknown")


@pytest.mark.parametrize(
    "path",
    ["/.secret", "/../outside.txt", "/%2e%2e/outside.txt", "/assets/..%2f..%2foutside.txt", "/link.txt",
     "//etc/passwd", "/%00", "/assets/%00", "/" + "x" * 5000],
)  # fmt: skip
async def test_nothing_outside_the_folder_nothing_hidden(ui: Path, client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert "outside" not in answer.text
    assert "hidden" not in answer.text
    assert "root:" not in answer.text
    assert answer.status_code in (200, 404)
