"""What may be asked of the decision core.

Every command is a plain immutable tuple of standard values. It carries every id that the decision may
need, because the core makes none; the instant arrives beside it (`Engine.decide(command, now)`).
No command carries personal data: a caller is a reference (`party`) into the journal's erasable table.
An illegal command raises `Refused` with a stable code and leaves the state as it was.

Durations are seconds (`float`), instants are seconds since the epoch, UTC.
"""

from __future__ import annotations

from typing import NamedTuple

from .policy import PLAIN, Policy
from .values import Attributes, Condition, Relaxation, Requirements, Sharing, Skills

__all__ = ["Attributes", "Command", "Condition", "Relaxation", "Requirements", "Sharing", "Skills"]


class Notes(NamedTuple):
    """What whoever serves the contact next should know: codes, and a reference to words kept erasable elsewhere."""

    demand: str = ""
    """Code of a special demand."""
    mood: str = ""
    """Code of the customer's mood."""
    note: str = ""


NO_NOTES = Notes()


# --- configuration: the journal must know under which rules a decision was made ---------------------------


class PutSite(NamedTuple):
    site: str


class PutSkill(NamedTuple):
    skill: str


class PutReason(NamedTuple):
    """A not-ready reason that people may choose (system reasons are fixed, see `model.SYSTEM_REASONS`)."""

    reason: str
    retired: bool = False


class PutDay(NamedTuple):
    """When the day begins by which agents' contacts and work are counted."""

    starts_s: float
    """Seconds after midnight UTC: 57,600 is midnight in China."""


class PutQueue(NamedTuple):
    queue: str
    line: str = ""
    requires: Skills = ()
    ring_s: float = 15.0
    wrap_up_s: float = 60.0
    """Limit of wrap-up; 0 means none is kept: the agent is free at once."""
    priority_s: float = 0.0
    """Seconds that every visit of this queue is worth."""
    service_level_s: float = 20.0
    service_level_target: float = 0.8
    short_abandon_s: float = 5.0
    closed: bool = False
    """Closed by hand: new visits are refused with `queue_closed`."""
    relax: tuple[Relaxation, ...] = ()
    """Steps by waiting time, earliest first, at most eight."""
    strategy: str = "longest_idle"
    """Which of the free agents: one of `values.STRATEGIES`."""
    site_rule: str = "any"
    """Whose agents: one of `values.SITE_RULES`."""
    behind_s: float = 0.0
    """Seconds that each visit is worth more when none of the latest answers met the service level; in proportion
    to what is missing of the target when some did. 0: off."""
    spare_decliners: bool = False
    """Who declined a visit is not offered it again."""
    second_line: bool = False
    """Experts behind the first line: transfers to it are told apart."""


class PutPolicy(NamedTuple):
    """Refused with `configuration.overflow_loop` when contacts could go round in circles."""

    queue: str
    policy: Policy = PLAIN


class SetHours(NamedTuple):
    """The shell's word, by its calendar: the queue is within its hours, or not. Those who wait go on waiting."""

    queue: str
    open: bool


class RemoveQueue(NamedTuple):
    """Refused with `queue_in_use` while visits wait or talk in it."""

    queue: str


class PutRule(NamedTuple):
    """What contacts with certain attributes are worth, and need, when they enter a queue; all rules add up."""

    rule: str
    when: tuple[Condition, ...]
    """All of them."""
    priority_s: float = 0.0
    requires: Skills = ()
    """Skills beside: an excellent agent, say. A queue's relaxation may drop them again."""
    queues: tuple[str, ...] = ()
    """None: all."""
    media: tuple[str, ...] = ()
    """None: all."""


class RemoveRule(NamedTuple):
    rule: str


class PutAgent(NamedTuple):
    agent: str
    queues: tuple[str, ...] = ()
    skills: Skills = ()
    capacity: tuple[tuple[str, int], ...] = (("voice", 1),)
    """Most contacts at once, by medium."""
    site: str = ""
    ranks: tuple[tuple[str, int], ...] = ()
    """By queue, 1 (first) to 9: of visits that wait, those of a lower rank come first; 1 where nothing is said."""
    sharing: Sharing = Sharing()


class PutProfile(NamedTuple):
    """What of an agent does not matter to who fits whom."""

    agent: str
    team: str = ""
    auto_answer: bool = False
    """The shell accepts every offer for this agent at once."""


class RemoveAgent(NamedTuple):
    """Refused with `agent_busy` while the agent holds an assignment."""

    agent: str


# --- agents ----------------------------------------------------------------------------------------------


class SetPresence(NamedTuple):
    """Asked for while busy, anything but `available` means draining: complete when the last assignment is done."""

    agent: str
    presence: str
    """`available`, `not_ready` or `offline`."""
    reason: str = ""
    """Needed with `not_ready`."""
    by: str = ""
    """Who asked, when not the agent: a supervisor's id, or `system`: only they may give a system reason."""
    force: bool = False
    """A supervisor's: what rings at the agent goes to others, limits of breaks do not count."""


class SetReachable(NamedTuple):
    """The agent's phone (or desk, for text) came or went. `medium` as in capacity."""

    agent: str
    medium: str
    reachable: bool


class PutBreakLimit(NamedTuple):
    """How many may be on breaks of these reasons at once. `scope`: `team` or `queue`. No reasons: no limit."""

    scope: str
    id: str
    reasons: tuple[str, ...] = ()
    most: int = 1


class ReserveBreak(NamedTuple):
    """At its start the agent is not ready, or drains; they come back by themselves. Refused with `break.full`."""

    break_: str
    agent: str
    reason: str
    start: float
    end: float


class CancelBreak(NamedTuple):
    break_: str


# --- contacts --------------------------------------------------------------------------------------------


class ContactArrives(NamedTuple):
    contact: str
    journey: str
    medium: str = "voice"
    direction: str = "in"
    entry: str = ""
    line: str = ""
    site: str = ""
    language: str = "zh"
    party: str = ""
    """Reference to who they say they are, in the erasable table."""
    leg: str = ""
    """The customer's media leg, the engine's id of it."""


class DialogueMoves(NamedTuple):
    """One step of self-service. `state` is the interpreter's own, opaque here, kept so that it survives a restart."""

    contact: str
    flow: str
    version: int
    node: str
    via: str = ""
    """What brought them there: a key, `timeout`, `no_match`, `start`; never secret input."""
    state: str = ""


class SetLanguage(NamedTuple):
    contact: str
    language: str


class SetAttributes(NamedTuple):
    """What is known of the contact now; others stay. A waiting visit gains at once what the rules make of it."""

    contact: str
    attributes: Attributes
    """Numbers or short codes, never personal data; an empty code takes one away."""


class EnterQueue(NamedTuple):
    contact: str
    visit: str
    queue: str
    requires: Skills = ()
    """Beside the queue's own and what rules bring."""
    priority_s: float = 0.0
    """Beside the queue's own and what rules bring."""
    since: float | None = None
    """First arrival of a visit that goes on elsewhere; none means now."""
    wants: Requirements = Requirements()
    """More of what it requires; its skills join `requires`."""


class LeaveQueue(NamedTuple):
    """Self-service takes a waiting visit out again: flow-out. `why` is `flow`, `overflow` or `transfer`."""

    visit: str
    why: str


class ContactEnds(NamedTuple):
    """The customer's side is over, however that came. Waiting: abandoned. With an agent: wrap-up begins.

    `cause`: `customer`, `agent`, `flow`, `engine_lost`, `refused`, `failed`, `unknown`.
    """

    contact: str
    cause: str


class AgentDials(NamedTuple):
    """An agent calls out: a contact with direction `out`, a visit in no queue, an assignment already connecting."""

    agent: str
    contact: str
    journey: str
    visit: str
    line: str = ""
    site: str = ""
    language: str = "zh"
    party: str = ""
    wrap_up_s: float = 60.0


# --- assignments -----------------------------------------------------------------------------------------


class Accept(NamedTuple):
    """The agent took the offer (for voice: their phone was answered)."""

    assignment: str


class Decline(NamedTuple):
    """`why`: `agent` (pressed decline), `busy`, `unreachable`, `failed` (the phone could not be rung)."""

    assignment: str
    why: str = "agent"


class Connected(NamedTuple):
    """Customer and agent hear each other."""

    assignment: str


class ConnectFails(NamedTuple):
    """Accepted, yet the parties could not be joined: an inbound visit waits again at its first arrival."""

    assignment: str
    why: str


class Hold(NamedTuple):
    assignment: str


class Resume(NamedTuple):
    assignment: str


class AgentLeaves(NamedTuple):
    """The agent's side of a conversation is over (they hung up, or their leg broke: `why` `hangup` or `lost`).

    For voice the contact ends with it.
    """

    assignment: str
    why: str = "hangup"


class SetDisposition(NamedTuple):
    """While connected or in wrap-up; the last one counts. Codes only: notes are personal data, kept elsewhere."""

    assignment: str
    disposition: str


class FinishWrapUp(NamedTuple):
    assignment: str


class ExtendWrapUp(NamedTuple):
    """Once, by as much as the queue allows."""

    assignment: str


class PauseRecording(NamedTuple):
    assignment: str


class ResumeRecording(NamedTuple):
    assignment: str


# --- later -----------------------------------------------------------------------------------------------


class RequestCallback(NamedTuple):
    """Somebody is called back; who waits in a queue gives up the line, not the place.

    Refused with `callback.exists` when the same person is to be called back by that queue already.
    """

    callback: str
    """Its id; the n-th attempt is the contact `<callback>~<n>`, with visit `<callback>~<n>.v1`."""
    party: str
    """Reference to whom to call, in the erasable table."""
    key: str = ""
    """The same for the same person, telling nothing of them: a keyed digest, made by the shell. None: `party`."""
    of: str = ""
    """The contact that asks: its waiting visit ends, and queue, requirements and first arrival are taken over."""
    queue: str = ""
    requires: Skills = ()
    priority_s: float = 0.0
    since: float | None = None
    """First arrival; none means that of the waiting visit, or now."""
    at: float = 0.0
    """Not before this instant; 0: in turn."""
    first: str = "agent"
    """Who is called first: `agent`, or `customer` (then the agent is kept free for them meanwhile)."""
    attempts: int = 3
    retry_s: float = 300.0
    expires_s: float = 86400.0
    """From now, or from `at`."""
    journey: str = ""
    line: str = ""
    site: str = ""
    language: str = "zh"


class CancelCallback(NamedTuple):
    """Refused with `callback.under_way` while they are being connected."""

    callback: str
    why: str = "cancelled"


class CustomerAnswers(NamedTuple):
    """Of a contact that we call: the customer has picked up, and is not to be lost from now."""

    contact: str


class TakeMessage(NamedTuple):
    """Offline registration: what is asked when nobody is there. Words and number stay in the erasable tables."""

    message: str
    queue: str
    party: str
    note: str
    """Reference to the words."""
    contact: str = ""
    demand: str = ""
    """Code."""


class CloseMessage(NamedTuple):
    message: str
    by: str
    how: str
    """Code: `answered`, `called_back`, `spam` …"""


# --- transfer, consult, conference -----------------------------------------------------------------------


class Transfer(NamedTuple):
    """The owner hands the contact on, unheard: their part ends, and a new visit of the same contact begins.

    It keeps the first arrival. Refused with `contact.in_consult` while somebody else is in the call.
    """

    assignment: str
    visit: str
    """Id of the visit that begins."""
    queue: str = ""
    """None: the queue where the contact is; needed (`queue.needed`) when it is in none."""
    agent: str = ""
    """Rung first; if they do not take it, the visit waits in the queue."""
    requires: Skills = ()
    priority_s: float = 0.0
    notes: Notes = NO_NOTES


class TransferOutside(NamedTuple):
    """To somebody who is no agent. If they do not answer, the contact comes back to its queue."""

    assignment: str
    party: str
    ref: str
    """Reference to their number, in the erasable table."""
    notes: Notes = NO_NOTES


class Consult(NamedTuple):
    """The owner asks a colleague, or whoever a queue brings, while the customer is on hold. One at a time."""

    assignment: str
    visit: str
    """Id of the consult: a visit beside that of the customer."""
    queue: str = ""
    agent: str = ""
    """One of the two: an agent, or a queue."""
    requires: Skills = ()
    priority_s: float = 0.0
    notes: Notes = NO_NOTES


class ConsultOutside(NamedTuple):
    assignment: str
    party: str
    ref: str
    notes: Notes = NO_NOTES


class Swap(NamedTuple):
    """The owner talks with the other one: customer or consulted; who is left hears music."""

    assignment: str


class Join(NamedTuple):
    """Conference: customer, owner and consulted hear each other."""

    assignment: str


class CompleteTransfer(NamedTuple):
    """The owner leaves the contact to whom they consulted or conferred with. `AgentLeaves` does the same then."""

    assignment: str
    notes: Notes = NO_NOTES


class EndConsult(NamedTuple):
    """The owner sends the consulted away (a visit or a party), also out of a conference, and is back with the
    customer."""

    consult: str


class PartyAnswers(NamedTuple):
    party: str


class PartyEnds(NamedTuple):
    """The outside leg is over. `cause`: `hangup`, `busy`, `no_answer`, `rejected`, `failed`."""

    party: str
    cause: str = "hangup"


# --- time ------------------------------------------------------------------------------------------------


class Tick(NamedTuple):
    """The deadline that `next_deadline()` named has come."""


Command = (
    PutSite
    | PutSkill
    | PutReason
    | PutDay
    | PutQueue
    | PutPolicy
    | SetHours
    | RemoveQueue
    | PutRule
    | RemoveRule
    | PutAgent
    | PutProfile
    | RemoveAgent
    | SetPresence
    | SetReachable
    | PutBreakLimit
    | ReserveBreak
    | CancelBreak
    | ContactArrives
    | DialogueMoves
    | SetLanguage
    | SetAttributes
    | EnterQueue
    | LeaveQueue
    | ContactEnds
    | AgentDials
    | Accept
    | Decline
    | Connected
    | ConnectFails
    | Hold
    | Resume
    | AgentLeaves
    | SetDisposition
    | FinishWrapUp
    | ExtendWrapUp
    | PauseRecording
    | ResumeRecording
    | RequestCallback
    | CancelCallback
    | CustomerAnswers
    | TakeMessage
    | CloseMessage
    | Transfer
    | TransferOutside
    | Consult
    | ConsultOutside
    | Swap
    | Join
    | CompleteTransfer
    | EndConsult
    | PartyAnswers
    | PartyEnds
    | Tick
)
