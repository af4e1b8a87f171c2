"""The built pages: files as they are, and the app's one page for every address that it knows itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from ..errors import NotFound, Refused

NOT_PAGES = ("api", "live", "sip", "health", "metrics")
"""First parts of addresses that are never pages: unknown ones there are errors, not the app."""

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Qingting 倾听</title>
<body style="font:16px/1.6 system-ui;max-width:40em;margin:10vh auto;padding:0 1em">
<h1>The pages are not built yet</h1><p>The server runs, but its pages are missing.
Run <code>make setup</code> in the project's folder, then reload this page.</p>
<h1 lang="zh">页面尚未构建</h1><p lang="zh">服务已启动，但缺少页面文件。
请在项目目录运行 <code>make setup</code>，然后刷新本页。</p></body></html>"""


class Pages:
    """What the router falls back to when no route fits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            raise NotFound("path.unknown", "there is no socket at this address")
        response = await asyncio.to_thread(self._respond, Request(scope))
        await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        path = request.url.path.strip("/")
        first = path.split("/", 1)[0]
        if first in NOT_PAGES:
            raise NotFound("path.unknown", "there is nothing at this address")
        if request.method not in ("GET", "HEAD"):
            raise Refused("method.not_allowed", "pages can only be read")
        request.scope["state"]["route"] = "/assets" if first == "assets" else "page"
        found = self._file(path)
        if found is None:
            if first == "assets" or Path(path).suffix in (".js", ".css", ".map", ".png", ".svg", ".ico", ".woff2"):
                # Never the app's page in place of a script: after an upgrade, browsers must learn that it is gone.
                raise NotFound("path.unknown", "this file is not there (any more): reload the page")
            found = self._file("index.html")
        if found is None:
            return HTMLResponse(_NOT_BUILT, 503, headers={"Cache-Control": "no-store"})
        hashed = first == "assets"
        return FileResponse(
            found, headers={"Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache"}
        )

    def _file(self, path: str) -> Path | None:
        """`call` finds `call.html` as well; nothing outside the folder, nothing hidden."""
        if "\0" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        root = self.folder.resolve()
        for name in (path, f"{path}.html", f"{path}/index.html"):
            if not name.strip("/") or len(name) > 500:
                continue
            file = (root / name.lstrip("/")).resolve()
            if file.is_relative_to(root) and file.is_file():
                return file
        return None
