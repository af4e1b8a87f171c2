"""What other rooms may use of the configuration. Everything here but `create` and the like reads memory only."""

from __future__ import annotations

from collections.abc import Iterable

from qingting.core.commands import Command
from qingting.errors import NotAllowed, NotFound

from . import core_commands, hours
from .actions import create, issue_phone, remove, replace, revoke_phone
from .entries import Entry
from .flows import ReadFlow, checker
from .hours import State as HoursState
from .importing import Brought, Difference, bring_in, export, look_at, standing
from .live import BeforeRemoval, Change, Changed, Configuration, Listener, Unservable
from .model import CheckFlow, FlowReport, Use, flow_problems, flow_warnings
from .outside import Service, Where
from .outside import inside as may_be_inside
from .queries import view as read_view
from .routing import Agent, Queue
from .schemas import Destination, Settings
from .trunks import extension, phones, site_trunk, trunks, way_to
from .versions import publish, roll_back, withdraw
from .view import Item, Published, View

__all__ = [
    "Agent",
    "BeforeRemoval",
    "Brought",
    "Change",
    "Changed",
    "CheckFlow",
    "Configuration",
    "Destination",
    "Difference",
    "Entry",
    "FlowReport",
    "HoursState",
    "Item",
    "Listener",
    "Published",
    "Queue",
    "ReadFlow",
    "Service",
    "Settings",
    "Unservable",
    "Use",
    "View",
    "Where",
    "allowed_destination",
    "bring_in",
    "checker",
    "core_commands_of",
    "core_commands_of_view",
    "create",
    "export",
    "extension",
    "flow_problems",
    "flow_warnings",
    "hours_state",
    "hours_turn",
    "issue_phone",
    "look_at",
    "may_be_inside",
    "open_queues",
    "phones",
    "publish",
    "read_view",
    "remove",
    "replace",
    "resolve_entry",
    "revoke_phone",
    "roll_back",
    "secret_of",
    "site_trunk",
    "standing",
    "surplus_in_core",
    "trunks",
    "way_to",
    "withdraw",
]


def core_commands_of(configuration: Configuration, tenant: str) -> list[Command]:
    """All of it, in dependency order: submitted at start; puts are idempotent in the core."""
    return core_commands_of_view(configuration.of(tenant))


def core_commands_of_view(view: View) -> list[Command]:
    return core_commands.everything(view)


def surplus_in_core(
    configuration: Configuration,
    tenant: str,
    queues: Iterable[str],
    agents: Iterable[str],
    rules: Iterable[str] = (),
    limits: Iterable[tuple[str, str]] = (),
) -> list[Command]:
    """Removals of what the core still knows though it is configured no longer."""
    return core_commands.surplus(configuration.of(tenant), queues, agents, rules, limits)


def resolve_entry(configuration: Configuration, key: str, caller: str = "", kind: str = "number") -> Entry | None:
    """`key`: a dialled number as `numbers.dialled` gives it, or the key of a web page (`kind` `web`).

    `caller` in E.164, or empty: then only entries for everybody fit. None: refuse politely.
    """
    return configuration.index.resolve(kind, key, caller)


def secret_of(configuration: Configuration, item: Item[Service]) -> str:
    """In the clear; empty when it has none. Raises `Invalid` of the vault."""
    return configuration.vault.open(item.secret, "configuration.secret").decode() if item.secret else ""


def hours_state(configuration: Configuration, tenant: str, id: str, at: float) -> HoursState:
    """Raises `NotFound("hours.unknown")`."""
    item = configuration.of(tenant).hours.get(id)
    if item is None:
        raise NotFound("hours.unknown", id=id)
    return hours.state(item.body, at)


def open_queues(configuration: Configuration, tenant: str, at: float) -> dict[str, bool]:
    """By queue, whether it is within its hours; one without hours always is."""
    view = configuration.of(tenant)
    now = {id: hours.state(item.body, at) == "open" for id, item in view.hours.items()}
    return {id: now.get(item.body.hours, True) for id, item in view.queues.items()}


def day_starts(configuration: Configuration, tenant: str, at: float) -> float:
    """Seconds after midnight UTC at which the tenant's days begin, by the clock kept there at this instant."""
    return core_commands.day_starts(configuration.of(tenant).settings.body.timezone, at)


def hours_turn(configuration: Configuration, tenant: str, at: float) -> float | None:
    """The next instant at which some queue's hours may begin or end, a day away at most; None: no queue has any."""
    view = configuration.of(tenant)
    used = {item.body.hours for item in view.queues.values() if item.body.hours}
    return min([hours.next_turn(view.hours[id].body, at) for id in used], default=None)


def allowed_destination(
    configuration: Configuration, tenant: str, number: str, permissions: Iterable[str]
) -> Item[Destination]:
    """The destination under which an outside call may go: the longest pattern that fits.

    `number` as `numbers.dialled` gives it. The caller of this keeps count against `max_per_hour`.
    Raises `NotAllowed("dial.not_allowed")`.
    """
    fitting = [
        item
        for item in configuration.of(tenant).destinations.values()
        if (
            number.startswith(item.body.pattern) if item.body.pattern.startswith("+") else number == item.body.pattern
        )
    ]
    best = max(fitting, key=lambda item: len(item.body.pattern), default=None)
    if best is None or best.body.permission not in set(permissions):
        raise NotAllowed("dial.not_allowed", "this number may not be called")
    return best
