"""Other sites' engines: does ours reach them, do they know us."""

from __future__ import annotations

import base64
import json
import socket
import ssl
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
    for site, at, tls, answers in found:
        if tls and not config.voice.sip_tls_port:
            mend = "set voice.sip_tls_port (and tls), and enter that port at the site"
            yield fail("sites", f"{site}: is called over TLS, and could call nobody back", mend)
        fault = tls_fault(at, config.voice.sip_tls_trust) if tls and not answers else None
        if answers:
            yield ok("sites", f"{site}: the engine at {at} answers and knows us{' (TLS)' if tls else ''}")
        elif fault is not None:
            yield fail("sites", f"{site}: the engine at {at}: {fault[0]}", fault[1])
        else:
            mend = (
                "is it running, are host and port right, does it have this site with our address and the same secret"
            )
            yield fail("sites", f"{site}: the engine at {at} does not answer, or knows us not", mend)


def tls_fault(at: str, trust: str) -> tuple[str, str] | None:
    """(what, how to mend it), when no TLS can be had from `host:port`; `trust` as `voice.sip_tls_trust`."""
    host, _, port = at.rpartition(":")
    host = host.strip("[]")
    try:
        context = ssl.create_default_context(cafile=None if trust in ("", "any") else trust)
        if trust == "any":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection((host, int(port)), PATIENCE_S) as there,
            context.wrap_socket(there, server_hostname=host),
        ):
            return None
    except ssl.SSLCertVerificationError as e:
        known = trust or "the authorities of this machine"
        mend = f"put its authority's certificate (its /authority.pem) into voice.sip_tls_trust; now that is {known}"
        if "mismatch" in e.verify_message or "not valid for" in e.verify_message:
            mend = "enter it here by a name or address that is in its certificate"
        return f"its certificate is not believed: {e.verify_message}", mend
    except ssl.SSLError as e:
        return f"speaks no TLS ({e.reason or e})", "is this its voice.sip_tls_port, and is tls set there"
    except (OSError, ValueError) as e:
        return (
            f"cannot be connected to ({e})",
            "is it running, are host and port right, does a firewall stand between",
        )


def _lines(config: Config) -> list[tuple[str, str, bool, bool]]:
    """(site, `host:port`, by TLS, whether it answers)."""
    found = []
    for endpoint in _ask(config, "endpoints/PJSIP"):
        name = str(endpoint["resource"])
        if name.startswith(TRUNK_PREFIX):
            of = "asterisk/config/dynamic/res_pjsip"
            if site := site_of(_fields(_ask(config, f"{of}/endpoint/{name}")).get("accountcode", "")):
                at = _fields(_ask(config, f"{of}/aor/{name}")).get("contact", "").removeprefix("sip:")
                there, _, how = at.partition(";")
                found.append((site, there, "transport=tls" in how, endpoint["state"] == "online"))
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
