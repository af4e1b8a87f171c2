"""Other sites' engines: does ours reach them, do they know us."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any

from ..config import Config
from ..telephony.asterisk.endpoints import TRUNK_PREFIX
from ..telephony.asterisk.layout import APPLICATION, Layout
from ..telephony.asterisk.sites import site_of
from .check import Checks, fail, ok
from .voice import engine_pid

PATIENCE_S = 5.0


def sites(config: Config) -> Checks:
    """As the running engine sees them: it asks each every few seconds. Its trunks to carriers are none of them."""
    if not config.voice.enabled or engine_pid(config) is None:
        return
    try:
        found = list(_lines(config))
    except (OSError, ValueError) as e:
        yield fail("sites", f"Asterisk cannot be asked: {e}", "see its log below the data folder: asterisk/log")
        return
    for site, at, answers in found:
        if answers:
            yield ok("sites", f"{site}: the engine at {at} answers and knows us")
        else:
            mend = (
                "is it running, are host and port right, does it have this site with our address and the same secret"
            )
            yield fail("sites", f"{site}: the engine at {at} does not answer, or knows us not", mend)


def _lines(config: Config) -> list[tuple[str, str, bool]]:
    found = []
    for endpoint in _ask(config, "endpoints/PJSIP"):
        name = str(endpoint["resource"])
        if name.startswith(TRUNK_PREFIX):
            of = "asterisk/config/dynamic/res_pjsip"
            if site := site_of(_fields(_ask(config, f"{of}/endpoint/{name}")).get("accountcode", "")):
                at = _fields(_ask(config, f"{of}/aor/{name}")).get("contact", "").removeprefix("sip:")
                found.append((site, at.partition(";")[0], endpoint["state"] == "online"))
    return found


def _fields(attributes: list[dict[str, Any]]) -> dict[str, str]:
    return {str(it["attribute"]): str(it["value"]) for it in attributes}


def _ask(config: Config, what: str) -> Any:
    """Plain questions: who is connected as the application stays so."""
    who = f"{APPLICATION}:{Layout.of(config.data).secret('ari')}".encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{config.voice.http_port}/ari/{what}",
        headers={"Authorization": f"Basic {base64.b64encode(who).decode()}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as e:
        if e.code == HTTPStatus.NOT_FOUND:  # so it says "none", too: no phone and no trunk yet
            return []
        raise
