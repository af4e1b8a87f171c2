"""Who asks, and what they may: checked at the edge, always.

`web` puts an `Identity` on each request (from cookie session or API token); handlers of contexts ask for it
with `Depends(require("…"))`. Nothing below the edge checks again, and nothing reaches below without it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import HTTPConnection

from .errors import NotAllowed, NotSignedIn

PERMISSIONS = {
    "desk.use": "take contacts at a desk",
    "desk.dial_out": "call outside numbers",
    "floor.view": "see the floor live",
    "floor.act": "change other people's presence",
    "callbacks.view": "see who is to be called back and who left a message",
    "callbacks.act": "cancel callbacks, see to messages",
    "callbacks.take_over": "take a message over from a colleague who sees to it",
    "contacts.view": "search and open contacts",
    "selfservice.view": "see how self-service does, by flow and node",
    "customers.view": "open customers",
    "customers.edit": "change customers",
    "customers.segment": "decide segments, and tags by rule",
    "customers.import": "bring customers in from files",
    "customers.export": "take customers out as a file",
    "customers.share_views": "share saved views of customers with others",
    "customers.erase": "erase what is known of a person",
    "retention.manage": "see what goes when, hold it back",
    "numbers.view": "see full phone numbers",
    "recordings.play": "listen to recordings",
    "voicemail.play": "listen to the messages that customers leave",
    "recordings.download": "take recordings away",
    "configuration.view": "see queues, agents, flows, trunks",
    "configuration.edit": "change them",
    "configuration.transfer": "take all of it out as one document, bring one in",
    "people.manage": "invite people, give roles",
    "tokens.manage": "make API tokens",
    "webhooks.manage": "tell other systems what happens",
    "proofs.unlock": "let customers try again who were locked out",
    "audit.view": "read the audit log",
    "operations.view": "see health and metrics",
}

ROLES: dict[str, tuple[str, ...]] = {
    "agent": (
        "desk.use", "callbacks.view", "callbacks.act", "contacts.view", "customers.view", "customers.edit",
        "numbers.view", "voicemail.play",
    ),
    "outbound": ("desk.dial_out",),
    "supervisor": (
        "desk.use", "desk.dial_out", "floor.view", "floor.act", "contacts.view", "customers.view", "customers.edit",
        "customers.share_views", "customers.segment", "numbers.view", "recordings.play", "configuration.view",
        "callbacks.view", "callbacks.act", "callbacks.take_over", "voicemail.play", "proofs.unlock",
        "selfservice.view",
    ),
    "quality": (
        "selfservice.view", "floor.view", "contacts.view", "customers.view", "recordings.play",
        "recordings.download", "voicemail.play",
    ),
    "administrator": tuple(PERMISSIONS),
    "engineer": (
        "operations.view", "configuration.view", "configuration.edit", "configuration.transfer", "audit.view",
        "tokens.manage", "webhooks.manage", "floor.view",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Identity:
    tenant: str
    user: str
    name: str
    permissions: frozenset[str]
    agent: str = ""
    """Id of the agent that this person is, or empty."""
    sites: frozenset[str] = field(default_factory=frozenset)
    lines: frozenset[str] = field(default_factory=frozenset)
    """Scope; empty means all of the tenant."""
    via: str = "session"
    """`session` or `token:<id>`; for the audit log."""
    address: str = ""
    session: str = ""
    """Id of the session, empty for a token; so that its end closes its live sockets."""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def sees_line(self, line: str) -> bool:
        return not self.lines or line in self.lines


Audit = Callable[[AsyncConnection, Identity, str, str, dict[str, Any]], Awaitable[None]]
"""(connection, who, action, target, detail): an entry of the audit log, in the transaction of what it tells."""


def identity(connection: HTTPConnection) -> Identity:
    who = getattr(connection.state, "identity", None)
    if not isinstance(who, Identity):
        refused = getattr(connection.state, "refused", None)
        raise refused if isinstance(refused, NotSignedIn) else NotSignedIn("session.none", "sign in first")
    return who


def require(*permissions: str) -> Callable[[HTTPConnection], Identity]:
    """A FastAPI dependency: the identity, if it holds every permission named."""
    assert all(p in PERMISSIONS for p in permissions)

    def check(connection: HTTPConnection) -> Identity:
        who = identity(connection)
        for permission in permissions:
            if not who.may(permission):
                raise NotAllowed("permission.missing", f"needs {permission}", permission=permission)
        return who

    return check


def network(address: str) -> str:
    """One IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((ip, 64), strict=False))
    return address
