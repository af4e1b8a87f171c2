"""An agent's part in a visit."""

from __future__ import annotations

from typing import NamedTuple


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


OfAssignments = (
    Accept
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
)
