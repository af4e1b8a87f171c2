"""What became of each contact: a read model, folded from the routing journal, rebuilt from it when need be.

Metrics are per visit (one stay in one queue), so that is where they stand. The number is personal data, copied
from the journal's erasable table so that it can be searched: it is erased here as well (`actions.forget`).
"""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

progress = sa.Table(
    "contacts_progress",
    metadata,
    # The last journal entry folded in, moved in the transaction of the fold: each entry counts once.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

queue_rules = sa.Table(
    "contacts_queue_rules",
    metadata,
    # As the journal told them last: a visit is judged by the rules of its day.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("service_level_s", sa.Double, nullable=False),
    sa.Column("short_abandon_s", sa.Double, nullable=False),
    # Steps of relaxation, each with its fields in order.
    sa.Column("relax", sa.JSON, nullable=False),
)

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("journey", sa.String(80), nullable=False),
    sa.Column("medium", sa.String(20), nullable=False),
    sa.Column("direction", sa.String(10), nullable=False),
    sa.Column("entry", sa.String(80), nullable=False),
    sa.Column("line", sa.String(80), nullable=False),
    sa.Column("site", sa.String(80), nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("party", sa.String(80), nullable=False),
    sa.Column("number", sa.String(40)),
    sa.Column("withheld", sa.Boolean, nullable=False),
    sa.Column("arrived_at", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double),
    sa.Column("cause", sa.String(40), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("queue", sa.String(80), nullable=False),
    sa.Column("agent", sa.String(80), nullable=False),
    sa.Column("wait_s", sa.Double, nullable=False),
    sa.Column("talk_s", sa.Double, nullable=False),
    sa.Column("disposition", sa.String(80), nullable=False),
    sa.Index(None, "tenant", "arrived_at", "id"),
    sa.Index(None, "tenant", "number", "arrived_at"),
    sa.Index(None, "tenant", "journey"),
    sa.Index(None, "tenant", "party"),
    sa.Index(None, "tenant", "line", "arrived_at", "id"),
    sa.Index(None, "tenant", "outcome", "arrived_at", "id"),
)
"""`outcome`: `open` (in self-service), `waiting`; `answered`; `abandoned` (left while waiting); `flow_out`; `lost`,
`failed`; without a visit `message` or `callback` (the flow came to one), `self_service` (the flow ended it) or `left`
(the caller did); of an agent's own call `not_reached`. `queue`, `agent`: the last ones. `wait_s`: from first arrival
to the answer or the end. `talk_s`: without hold."""

reference = sa.Table(
    "contact_reference",
    metadata,
    # Into the journal's erasable table: what is known of people, and who holds it (see `references.py`).
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(80), primary_key=True),
    sa.Column("ref", sa.String(100), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("number", sa.String(40)),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double),
    sa.Index(None, "tenant", "ref"),
    sa.Index(None, "tenant", "contact"),
    sa.Index(None, "tenant", "number"),
    sa.Index(None, "tenant", "ended_at"),
)

visit = sa.Table(
    "contact_visit",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("queue", sa.String(80), nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("service_level_s", sa.Double, nullable=False),
    sa.Column("short_abandon_s", sa.Double, nullable=False),
    sa.Column("answered_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("detail", sa.String(80), nullable=False),
    sa.Column("in_target", sa.Boolean, nullable=False),
    sa.Column("short", sa.Boolean, nullable=False),
    sa.Index(None, "tenant", "contact"),
    sa.Index(None, "tenant", "started_at", "queue"),
    sa.Index(None, "tenant", "queue", "contact"),
)
"""`queue` is empty for an agent's own call. `outcome`: `open` or as `VisitEnded`; `consult` of a visit
beside the customer's, which is in no queue until it is taken over. `in_target`: answered within the
service level's seconds. `short`: abandoned within the short-abandon threshold. Waits count from `started_at`."""

assignment = sa.Table(
    "contact_assignment",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("visit", sa.String(80), nullable=False),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("agent", sa.String(80), nullable=False),
    sa.Column("queue", sa.String(80), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("why", sa.String(80), nullable=False),
    sa.Column("offered_at", sa.Double, nullable=False),
    sa.Column("accepted_at", sa.Double),
    sa.Column("connected_at", sa.Double),
    sa.Column("held_since", sa.Double),
    sa.Column("hold_s", sa.Double, nullable=False),
    sa.Column("talk_s", sa.Double, nullable=False),
    sa.Column("wrap_up_at", sa.Double),
    sa.Column("wrap_up_s", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double),
    sa.Column("disposition", sa.String(80), nullable=False),
    sa.Index(None, "tenant", "contact"),
    sa.Index(None, "tenant", "agent", "offered_at"),
    sa.Index(None, "tenant", "offered_at"),
)
"""`state`: as in the core, with `declined`, `timed_out`, `withdrawn`, `done` as ends; `why` says more of the end."""

SECOND_LINE = "second_line"
"""`detail` of a visit that was answered and passed on to experts; to where, in `ContactTransferred`."""

EVENTS_OF_AN_ENTRY = 100_000
"""`place` of an event: journal entry times this, and the event within."""

happening = sa.Table(
    "contact_event",
    metadata,
    # All that happened to a contact, for its timeline, in order of `place`.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("contact", sa.String(80), primary_key=True),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
)

note = sa.Table(
    "contact_note",
    metadata,
    # Written by people, so not rebuilt from the journal. At most one by assignment.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("assignment", sa.String(100), nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index(None, "tenant", "contact"),
)
