"""What happened: the only way the core's state changes, and what every reader of the journal folds.

`at` is the instant of the decision. A tuple's fields are its wire form: new fields go to the end with a
default, anything else is a new kind with an upcaster (`journal/upcast.py`). Ids are those of the commands;
an assignment's is `<visit>/<n>`, n counting the offers of that visit from 1.
"""

from __future__ import annotations

from typing import NamedTuple

from .commands import Notes
from .policy import Policy
from .values import Attributes, Condition, Relaxation, Sharing, Skills

# --- configuration ---------------------------------------------------------------------------------------


class SitePut(NamedTuple):
    at: float
    site: str


class SkillPut(NamedTuple):
    at: float
    skill: str


class ReasonPut(NamedTuple):
    at: float
    reason: str
    retired: bool


class DayPut(NamedTuple):
    at: float
    starts_s: float


class QueuePut(NamedTuple):
    at: float
    queue: str
    line: str
    requires: Skills
    ring_s: float
    wrap_up_s: float
    priority_s: float
    service_level_s: float
    service_level_target: float
    short_abandon_s: float
    closed: bool
    relax: tuple[Relaxation, ...] = ()
    strategy: str = "longest_idle"
    site_rule: str = "any"
    behind_s: float = 0.0
    spare_decliners: bool = False
    second_line: bool = False


class PolicyPut(NamedTuple):
    at: float
    queue: str
    policy: Policy


class HoursSet(NamedTuple):
    at: float
    queue: str
    open: bool


class QueueRemoved(NamedTuple):
    at: float
    queue: str


class RulePut(NamedTuple):
    at: float
    rule: str
    when: tuple[Condition, ...]
    priority_s: float
    requires: Skills
    queues: tuple[str, ...]
    media: tuple[str, ...]


class RuleRemoved(NamedTuple):
    at: float
    rule: str


class AgentPut(NamedTuple):
    at: float
    agent: str
    queues: tuple[str, ...]
    skills: Skills
    capacity: tuple[tuple[str, int], ...]
    site: str
    ranks: tuple[tuple[str, int], ...] = ()
    sharing: Sharing = Sharing()


class ProfilePut(NamedTuple):
    at: float
    agent: str
    team: str
    auto_answer: bool


class AgentRemoved(NamedTuple):
    at: float
    agent: str


# --- agents ----------------------------------------------------------------------------------------------


class PresenceChanged(NamedTuple):
    at: float
    agent: str
    presence: str
    reason: str
    by: str
    """Empty when the agent chose it, a person's id, or `system`."""


class PresenceRequested(NamedTuple):
    """Draining: takes effect when the last assignment is done. `presence` `available` cancels the request."""

    at: float
    agent: str
    presence: str
    reason: str
    by: str


class ReachabilityChanged(NamedTuple):
    at: float
    agent: str
    medium: str
    reachable: bool


class AgentSetAside(NamedTuple):
    """No offers until the agent says `available` again. `why`: `ring_no_answer`, `declined`, `unreachable`."""

    at: float
    agent: str
    why: str
    until: float = 0.0
    """A penalty: there are offers again from then."""


class AgentReturned(NamedTuple):
    """The penalty is over."""

    at: float
    agent: str


class BreakLimitPut(NamedTuple):
    at: float
    scope: str
    id: str
    reasons: tuple[str, ...]
    most: int


class BreakReserved(NamedTuple):
    at: float
    break_: str
    agent: str
    reason: str
    start: float
    end: float


class BreakBegan(NamedTuple):
    """`PresenceChanged` or `PresenceRequested` by `schedule` follows, if the agent was available."""

    at: float
    break_: str
    agent: str


class BreakEnded(NamedTuple):
    """`how`: `over`, `cancelled`, `missed`. The agent's presence is theirs to change."""

    at: float
    break_: str
    how: str


# --- contacts --------------------------------------------------------------------------------------------


class ContactArrived(NamedTuple):
    at: float
    contact: str
    journey: str
    medium: str
    direction: str
    entry: str
    line: str
    site: str
    language: str
    party: str
    leg: str
    callback: str = ""
    """Of which it is an attempt."""


class DialogueMoved(NamedTuple):
    at: float
    contact: str
    flow: str
    version: int
    node: str
    via: str
    state: str


class LanguageSet(NamedTuple):
    at: float
    contact: str
    language: str


class AttributesSet(NamedTuple):
    at: float
    contact: str
    attributes: Attributes
    """All of them, as they are now."""


class ContactEnded(NamedTuple):
    at: float
    contact: str
    cause: str


# --- visits ----------------------------------------------------------------------------------------------


class VisitStarted(NamedTuple):
    at: float
    visit: str
    contact: str
    queue: str
    """Empty for an agent's own call."""
    requires: Skills
    """All of them: the queue's and the visit's own, sorted by skill."""
    priority_s: float
    """All of it."""
    since: float
    """First arrival; rank is `since - priority_s`, least first."""
    wrap_up_s: float | None = None
    """Limit of wrap-up where it is not the queue's: an agent's own call."""
    site: str = ""
    """Home site, where the queue asks for it."""
    exclude: tuple[str, ...] = ()
    """Agents."""
    prefer: str = ""
    prefer_until: float = 0.0
    """Waits for the agent `prefer` alone until then; 0: for anyone."""
    rules: tuple[str, ...] = ()
    """What made it worth more: see `RulePut`."""


class VisitAnswered(NamedTuple):
    at: float
    visit: str
    assignment: str


class VisitRequeued(NamedTuple):
    """Waiting again, at its first arrival. `why`: `ring_no_answer`, `declined`, `connect_failed`, `unreachable`."""

    at: float
    visit: str
    why: str
    exclude: str = ""
    """An agent who is not offered it again."""


class VisitRevalued(NamedTuple):
    """What became known of the contact makes its waiting visit worth more, or need more."""

    at: float
    visit: str
    requires: Skills
    priority_s: float
    rules: tuple[str, ...]


class VisitsRelaxed(NamedTuple):
    """These have waited long enough for the next step of their queue's relaxation, or for the agent they preferred,
    and still nobody is free for them: each is now at the step that its waiting time says. At most 256."""

    at: float
    visits: tuple[str, ...]


class VisitEnded(NamedTuple):
    """`outcome`: `answered`, `abandoned`, `flow_out`, `lost` (the engine broke), `failed`. `detail` says more."""

    at: float
    visit: str
    outcome: str
    detail: str


# --- assignments -----------------------------------------------------------------------------------------


class AssignmentOffered(NamedTuple):
    at: float
    assignment: str
    visit: str
    contact: str
    agent: str
    until: float
    """When the offer times out; 0 for an agent's own call, which starts as accepted."""
    why: str
    """The ranking key that won, in words short enough to print: who, which band, idle since."""
    auto: bool = False
    """To be accepted for the agent at once."""


class AssignmentAccepted(NamedTuple):
    at: float
    assignment: str


class AssignmentDeclined(NamedTuple):
    at: float
    assignment: str
    why: str


class AssignmentTimedOut(NamedTuple):
    at: float
    assignment: str


class AssignmentWithdrawn(NamedTuple):
    """Offer or connection taken back from the agent. `why`: `customer_left`, `flow`, `connect_failed`, `failed`,
    `taken`, `cancelled`."""

    at: float
    assignment: str
    why: str


class AssignmentConnected(NamedTuple):
    at: float
    assignment: str


class AssignmentHeld(NamedTuple):
    at: float
    assignment: str


class AssignmentResumed(NamedTuple):
    at: float
    assignment: str


class AssignmentParked(NamedTuple):
    """Out of the agent's hands while something else needs them; its customer sees nothing of it."""

    at: float
    assignment: str
    by: str
    """The assignment that comes instead."""


class AssignmentUnparked(NamedTuple):
    """Back in the agent's hands."""

    at: float
    assignment: str


class ConnectionLost(NamedTuple):
    """The agent of a conversation in text cannot be reached; from `until` on it is no longer theirs."""

    at: float
    assignment: str
    until: float


class ConnectionBack(NamedTuple):
    at: float
    assignment: str


class WrapUpExtended(NamedTuple):
    at: float
    assignment: str
    until: float


class WrapUpStarted(NamedTuple):
    at: float
    assignment: str
    until: float
    cause: str


class AssignmentLapsed(NamedTuple):
    """No longer the agent's, and taken back (`AssignmentWithdrawn`) by the deadline that is due at once: a decision
    sets at most one agent free. `why`: `taken` (somebody else was quicker), `customer_left`, `cancelled`."""

    at: float
    assignment: str
    why: str


class DispositionSet(NamedTuple):
    at: float
    assignment: str
    disposition: str


class RecordingPaused(NamedTuple):
    at: float
    assignment: str


class RecordingResumed(NamedTuple):
    at: float
    assignment: str


class AssignmentDone(NamedTuple):
    """The agent is free of it. `how`: `finished`, `limit` (wrap-up ran out), `none` (no wrap-up kept; then
    `WrapUpStarted` may come before it, with no time in it), `parked` (it ended while it was)."""

    at: float
    assignment: str
    how: str


# --- overflow, callbacks, messages -----------------------------------------------------------------------


class Overflowed(NamedTuple):
    """A queue did not take a contact, or no longer. `when`, `to`, `target` are of the rule that held.

    To a queue: `VisitStarted` follows, there or further on. To all else: the contact is in no queue, the shell goes
    on with it.
    """

    at: float
    contact: str
    visit: str
    """Whose wait ends; empty when it did not begin."""
    queue: str
    when: str
    to: str
    target: str


class CallbackRequested(NamedTuple):
    at: float
    callback: str
    party: str
    key: str
    of: str
    queue: str
    requires: Skills
    priority_s: float
    since: float
    due: float
    first: str
    attempts: int
    retry_s: float
    expires: float
    journey: str
    line: str
    site: str
    language: str


class CallbackStarted(NamedTuple):
    """An attempt: `ContactArrived` and `VisitStarted` follow. Offers of a callback whose `first` is `customer` are
    to be accepted at once; the agent's phone is rung when the customer has answered."""

    at: float
    callback: str
    contact: str
    attempt: int
    first: str


class CallbackPostponed(NamedTuple):
    """Nobody was reached; the next attempt begins at `due`. The place is kept."""

    at: float
    callback: str
    due: float
    why: str


class CallbackEnded(NamedTuple):
    """`outcome`: `reached`, `not_reached`, `expired`, or why it was cancelled."""

    at: float
    callback: str
    outcome: str


class CustomerAnswered(NamedTuple):
    at: float
    contact: str


class MessageTaken(NamedTuple):
    at: float
    message: str
    queue: str
    party: str
    note: str
    contact: str
    demand: str


class MessageClosed(NamedTuple):
    at: float
    message: str
    by: str
    how: str


# --- transfer, consult, conference -----------------------------------------------------------------------


class ContactTransferred(NamedTuple):
    """The contact goes from one visit to the next.

    `how`: `blind`, `consulted`, `conference` (the owner left it), `lost` (the owner was lost).
    `to`: `agent`, `queue`, `second_line` (a queue that is one), `outside`.
    """

    at: float
    contact: str
    visit: str
    """The one that ends."""
    next: str
    """The visit that follows, or the party outside."""
    how: str
    to: str
    by: str
    """Agent."""
    agent: str
    queue: str
    notes: Notes


class ConsultStarted(NamedTuple):
    """A visit beside the customer's: `queue` is empty when it goes straight to an agent."""

    at: float
    visit: str
    contact: str
    by: str
    """The owner's assignment."""
    queue: str
    requires: Skills
    priority_s: float
    wrap_up_s: float
    """Kept only when the consulted came to talk with the customer."""
    exclude: tuple[str, ...]
    notes: Notes


class ConsultRequeued(NamedTuple):
    """Not taken: it waits again."""

    at: float
    visit: str
    why: str


class ConsultAnswered(NamedTuple):
    """Owner and consulted hear each other, unless the owner is with the customer: `AssignmentHeld` follows then."""

    at: float
    visit: str
    assignment: str


class ConsultJoined(NamedTuple):
    """Conference: the consulted hears the customer as well."""

    at: float
    visit: str
    assignment: str


class ConsultEnded(NamedTuple):
    """`why`: `left`, `cancelled`, `customer_left`, `owner_left`, or why nobody took it, as in `VisitRequeued`."""

    at: float
    visit: str
    why: str


class VisitTakenOver(NamedTuple):
    """A consult is the contact's visit from now: whoever it has owns the customer; if nobody yet, the customer
    waits in its queue."""

    at: float
    visit: str
    contact: str
    queue: str
    assignment: str
    """Owner, or standing offer; empty while it waits."""


class PartyCalled(NamedTuple):
    """Somebody outside is rung. `how`: `consult` or `transfer`."""

    at: float
    party: str
    contact: str
    by: str
    """The owner's assignment."""
    ref: str
    how: str
    visit: str
    queue: str
    since: float
    """Visit, queue and first arrival to come back to."""
    notes: Notes


class PartyAnswered(NamedTuple):
    at: float
    party: str
    contact: str


class PartyHeld(NamedTuple):
    at: float
    party: str
    contact: str


class PartyResumed(NamedTuple):
    at: float
    party: str
    contact: str


class PartyJoined(NamedTuple):
    """Customer and party hear each other, and the owner if there is one."""

    at: float
    party: str
    contact: str


class PartyLeft(NamedTuple):
    """`why`: the cause of `PartyEnds`, `cancelled`, `customer_left`."""

    at: float
    party: str
    contact: str
    why: str


class DayBegan(NamedTuple):
    """Agents' counts of the day begin anew."""

    at: float


class Ticked(NamedTuple):
    """A deadline passed that changed nothing else; it must be an event, or the deadline would never advance."""

    at: float


Event = (
    SitePut
    | SkillPut
    | ReasonPut
    | DayPut
    | QueuePut
    | PolicyPut
    | HoursSet
    | QueueRemoved
    | RulePut
    | RuleRemoved
    | AgentPut
    | ProfilePut
    | AgentRemoved
    | PresenceChanged
    | PresenceRequested
    | ReachabilityChanged
    | AgentSetAside
    | AgentReturned
    | BreakLimitPut
    | BreakReserved
    | BreakBegan
    | BreakEnded
    | ContactArrived
    | DialogueMoved
    | LanguageSet
    | AttributesSet
    | ContactEnded
    | VisitStarted
    | VisitAnswered
    | VisitRequeued
    | VisitRevalued
    | VisitsRelaxed
    | VisitEnded
    | AssignmentOffered
    | AssignmentAccepted
    | AssignmentDeclined
    | AssignmentTimedOut
    | AssignmentWithdrawn
    | AssignmentConnected
    | AssignmentHeld
    | AssignmentResumed
    | AssignmentParked
    | AssignmentUnparked
    | ConnectionLost
    | ConnectionBack
    | WrapUpStarted
    | WrapUpExtended
    | DispositionSet
    | RecordingPaused
    | RecordingResumed
    | AssignmentDone
    | AssignmentLapsed
    | Overflowed
    | CallbackRequested
    | CallbackStarted
    | CallbackPostponed
    | CallbackEnded
    | CustomerAnswered
    | MessageTaken
    | MessageClosed
    | ContactTransferred
    | ConsultStarted
    | ConsultRequeued
    | ConsultAnswered
    | ConsultJoined
    | ConsultEnded
    | VisitTakenOver
    | PartyCalled
    | PartyAnswered
    | PartyHeld
    | PartyResumed
    | PartyJoined
    | PartyLeft
    | DayBegan
    | Ticked
)
