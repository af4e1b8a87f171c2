"""The telephony port: verbs we ask of a voice engine, events it tells, capabilities it declares.

A *leg* is one party's media connection. Legs that we ring carry ids that we choose, derived from the event
that caused them, so that a repeated verb is recognised: ringing the same id twice is one ringing leg.
Incoming legs carry the engine's id. Every verb may meet a leg that is already gone: that is normal
(a hang-up overtakes commands) and is answered by `LegGone`, which callers of `bridge`, `play` … expect.
The contract suite is `tests/contract/telephony`; it runs on Asterisk and on the fake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

AUTO_ANSWER = (("X-Qingting-Auto", "1"), ("Answer-Mode", "Auto"), ("Alert-Info", "info=alert-autoanswer"))
"""Headers by which a phone answers by itself: our own word for it, that of RFC 5373, what most desk phones go by."""

# --- what the engine tells -------------------------------------------------------------------------------


class EngineUp(NamedTuple):
    """Connected. `legs` is all that lives there now: the shell reconciles against it before anything else.

    `restarted` says that the engine's process is another one than before: what it played and bridged is gone.
    """

    at: float
    restarted: bool
    legs: tuple[LegState, ...]
    bridges: tuple[tuple[str, tuple[str, ...]], ...]


class EngineDown(NamedTuple):
    """The connection is lost. Calls may go on without us, or be gone: only the next `EngineUp` tells."""

    at: float
    why: str


class LegState(NamedTuple):
    leg: str
    state: str
    """`down`, `ringing`, `up`."""
    incoming: bool
    arrival: LegArrived | None
    """For incoming legs, so that those that came while we were away can be served."""


class LegArrived(NamedTuple):
    at: float
    leg: str
    dialled: str
    """As the trunk or phone sent it, not yet normalised."""
    caller: str
    """As sent; a hint, never proof. Empty when withheld."""
    source: str
    """`trunk:<id>`, `agent:<id>`, `web:<credential id>`: by what door it came; the engine vouches for this."""
    asserted: str
    """P-Asserted-Identity from a trunk that is trusted for it, else empty."""
    waited_s: float
    """Seconds that the fallback kept it before an application answered."""


class LegRinging(NamedTuple):
    at: float
    leg: str


class LegAnswered(NamedTuple):
    at: float
    leg: str


class LegEnded(NamedTuple):
    at: float
    leg: str
    cause: str
    """`hangup`, `busy`, `no_answer`, `rejected`, `unreachable`, `cancelled`, `lost`, `failed`."""
    detail: str
    """The engine's own cause code and words, for the log."""


class KeyPressed(NamedTuple):
    at: float
    leg: str
    key: str
    """One of 0-9 * # A-D."""


class PlaybackEnded(NamedTuple):
    at: float
    playback: str
    leg: str
    complete: bool


class EndpointChanged(NamedTuple):
    """A phone registered or went away."""

    at: float
    endpoint: str
    online: bool


class SiteChanged(NamedTuple):
    """The engine of another site answers, or does not any more."""

    at: float
    trunk: str
    reachable: bool


class RecordingEnded(NamedTuple):
    at: float
    recording: str
    error: str
    """Empty when the files are complete."""
    silent: bool = False
    """Of one with `silence_s`: until its end nothing was said."""


class SourcesRefused(NamedTuple):
    """Strangers at the door, counted over about a second: nobody we know, or one with a wrong secret."""

    at: float
    why: str
    """`unknown_source`, `wrong_secret`, `address`."""
    times: int


TelephonyEvent = (
    EngineUp
    | EngineDown
    | LegArrived
    | LegRinging
    | LegAnswered
    | LegEnded
    | KeyPressed
    | PlaybackEnded
    | EndpointChanged
    | SiteChanged
    | RecordingEnded
    | SourcesRefused
)

# --- what we ask of it -----------------------------------------------------------------------------------


class Endpoint(NamedTuple):
    """A phone that may register. `name` is not guessable from an agent's number."""

    name: str
    secret: str
    kind: str
    """`browser` (WebRTC through the edge) or `sip` (a desk phone)."""
    owner: str
    """`agent:<id>` or `web:<credential id>`; comes back as `LegArrived.source`."""
    extension: str = ""
    """`<tenant>.<agent's number>`: by the number the tenant's other sites may ring it; empty: they may not."""


class Trunk(NamedTuple):
    """A line to the outside, or to the engine of another site, as kept in configuration."""

    trunk: str
    host: str
    port: int = 5060
    transport: str = "udp"
    """`udp`, `tcp`, `tls`."""
    codecs: tuple[str, ...] = ("alaw", "ulaw", "opus")
    register: bool = False
    username: str = ""
    secret: str = ""
    addresses: tuple[str, ...] = ()
    """Whence its calls come (CIDR): the only proof of a trunk's identity."""
    trust_identity: bool = False
    caller_number: str = ""
    """E.164 that we show outside."""
    number_format: str = "e164"
    """How the far side wants and sends numbers: `e164`, `plus`, `national`."""
    country: str = "CN"
    early_media: bool = True
    """Whether what the far side sends before its answer (its own ringing, an announcement) is passed on."""
    session_timers: str = "yes"
    """`no`, `yes`, `required`, as the engine's `timers`."""
    site_of: str = ""
    """Of the line between the engines of two sites: the tenant. What comes by it rings phones of that tenant by their
    `extension`, here and now, and reaches nothing else; no program hears of it. With a `secret` each side proves
    that it knows it. The far engine is asked now and then whether it is there and knows us (`SiteChanged`)."""


class TrunkState(NamedTuple):
    state: str
    """`ready`, `registered`, `registering`, `refused` (our registration), `unknown_host` (its calls are not known
    either), `failing` (the last call by it came to nothing, and no later one came through), `unreachable` (a site's
    engine that does not answer, or does not know us)."""
    why: str = ""
    """In words, for who has to mend it."""


class Capabilities(NamedTuple):
    two_channel_recording: bool
    early_media: bool
    outlives_us: bool
    """Parties that talk go on talking while we are away."""


class LegGone(Exception):
    """The leg (or bridge) is not there any more. Its `LegEnded` has come or will."""


class EngineUnavailable(Exception):
    """No connection to the engine; nothing was done, or it cannot be known."""


Listener = Callable[[TelephonyEvent], None]
"""Called in order, on the loop, must not block."""


class Telephony(Protocol):
    capabilities: Capabilities

    async def start(self, listener: Listener) -> None:
        """Connect (and keep connecting); the first event is `EngineUp`."""

    async def stop(self) -> None:
        """Leave the engine alone: calls go on."""

    # legs
    async def ring(
        self,
        leg: str,
        target: str,
        *,
        caller: str,
        caller_name: str = "",
        timeout_s: float,
        headers: Sequence[tuple[str, str]] = (),
        early_media_to: str = "",
    ) -> None:
        """Ring `endpoint:<name>` or `trunk:<id>/<number>`. Then LegRinging*, then LegAnswered or LegEnded.

        A phone of another site is `trunk:<id>/<agent's number>` of the trunk that leads there.
        A target that is not registered ends with cause `unreachable`; a timeout with `no_answer`.

        Until the answer, `early_media_to` (a leg) hears what the far side sends, and a ringing tone while that is
        nothing; by a trunk without `early_media` it hears the ringing tone and nothing else.
        """

    async def progress(self, leg: str) -> None:
        """Let the caller hear ringing (early media) before the leg is answered."""

    async def answer(self, leg: str) -> None:
        """A prompt that plays before the answer is cut short by it; so are those of legs that join a bridge.

        Asked for when it returns: what is asked of the leg later comes later.
        """

    async def hang_up(self, leg: str, cause: str = "hangup") -> None:
        """`hangup`, `busy`, `rejected`, `unknown_number`. A leg that is gone is no error here."""

    # what a party hears
    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        """Play files one after the other: absolute paths without suffix, 8 kHz WAV. Ends with PlaybackEnded."""

    async def stop_playing(self, playback: str) -> None:
        """PlaybackEnded(complete=False) follows, unless it had ended."""

    async def music(self, leg: str, on: bool, name: str = "") -> None:
        """`name` (`<tenant>/<class>`) says which; empty or unknown, the default (and the log says it)."""

    # who hears whom
    async def bridge(self, bridge: str, legs: Sequence[str]) -> None:
        """Create if need be, and put exactly these legs in, two or more; joining twice is no error.

        A leg is in one bridge at most: it leaves the one where it was (a consult begins so, and a swap goes on so),
        and who stays behind alone hears nothing, until `hold` gives them music. A bridge that was left stays until
        `unbridge`, or until its last leg ends in it.
        """

    async def hold(self, bridge: str, held: str, on: bool, music: str = "") -> None:
        """The held party hears music (`music` names it), nobody hears them; afterwards all hear each other again."""

    async def unbridge(self, bridge: str) -> None:
        """Dissolve; the legs stay, hearing nothing."""

    # recording: what came from `leg` and what went to it, as two files in step, whoever it is bridged with
    async def record(self, recording: str, leg: str, received: str, sent: str, *, silence_s: float = 0.0) -> None:
        """Paths as the engine sees them, with suffix .wav. A leg has one recording at a time: the one before ends.

        `silence_s`: it ends by itself when the leg has said nothing for so long, at its beginning or later; 0: never.
        """

    async def pause_recording(self, recording: str, leg: str, on: bool) -> None:
        """Paused stretches are silence of the same length, so that times stay true."""

    async def stop_recording(self, recording: str, leg: str) -> None: ...

    # who may connect
    async def put_endpoint(self, endpoint: Endpoint) -> None:
        """Takes effect at once, without a reload; pushed again by the shell after an engine restart."""

    async def remove_endpoint(self, name: str) -> None:
        """Not let in any more; a call that has begun goes on."""

    async def put_trunk(self, trunk: Trunk) -> None:
        """Put again unchanged, it is left alone, but for its host, which is looked up again."""

    async def remove_trunk(self, trunk: str) -> None: ...

    async def trunks(self) -> dict[str, TrunkState]:
        """All that the engine has, also what an earlier program put there."""
        ...

    async def online(self) -> set[str]:
        """Names of the endpoints that are registered now."""
