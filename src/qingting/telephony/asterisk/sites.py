"""What other sites may do here: ring a phone of ours by its agent's number, and nothing else.

Their calls end in a dialplan context of their own, which needs no program: it looks the number up among the phones
that were told it, within the tenant that the line belongs to, and dials that one endpoint. Names of endpoints come
from us alone and what a far side sends is digits, so no call can be talked into going out by a trunk.
"""

from __future__ import annotations

from collections.abc import Sequence

from qingting.telephony.port import AUTO_ANSWER, Endpoint, Trunk

CONTEXT, HEADERS = "site", "site-headers"
_DIGITS = range(2, 9)
"""Of an agent's number."""
_NOT_HERE = 1
"""Q.850; the one for absent subscribers arrives at the far side as if nobody had answered."""
_LONGEST_RING_S = 300
"""Who rings decides for how long; this is for one that forgets."""


def owner(trunk: Trunk) -> str:
    """The account code of its calls; the dialplan reads the tenant in it."""
    return f"site:{trunk.site_of}/{trunk.trunk}"


def site_of(account_code: str) -> str:
    """`<tenant>.<site>` of a line as configured; empty for what is none."""
    return account_code.partition("/")[2].replace(".site:", ".") if account_code.startswith("site:") else ""


def variables(endpoint: Endpoint) -> dict[str, str]:
    """By which the dialplan finds a phone. The second undoes the first when a number has passed to another phone."""
    if not endpoint.owner.startswith("agent:"):
        return {}
    found = {f"QT_RINGS_{endpoint.name}": endpoint.extension}
    if endpoint.extension:
        found[f"QT_PHONE_{_kind(endpoint)}_{endpoint.extension}"] = endpoint.name
    return found


def dialplan(longest_call_s: int) -> dict[str, Sequence[str]]:
    """The browser's phone is rung when it is there, else the desk phone: as at home."""
    lines: list[str] = []
    for digits in _DIGITS:
        lines += [
            f"exten => _{'X' * digits},1,Set(TIMEOUT(absolute)={longest_call_s})",
            "same => n,Set(FROM=${CUT(CHANNEL(accountcode),/,1)})",
            "same => n,Set(WHO=${FROM:5}.${EXTEN})",
            "same => n,Set(__QT_AUTO=${FILTER(0-9,${PJSIP_HEADER(read,X-Qingting-Auto)})})",
            *_dial("browser", otherwise="desk"),
            "same => n(desk),NoOp()",
            *_dial("sip", otherwise="absent"),
            f"same => n(absent),Hangup({_NOT_HERE})",
        ]
    headers = [
        'exten => s,1,GotoIf($["${QT_AUTO}" != "1"]?done)',
        *[f"same => n,Set(PJSIP_HEADER(add,{name})={value})" for name, value in AUTO_ANSWER],
        "same => n(done),Return()",
    ]
    return {CONTEXT: lines, HEADERS: headers}


def _dial(kind: str, otherwise: str) -> list[str]:
    """One that is not registered fails at once; any other end is the call's."""
    return [
        f"same => n,Set(PHONE=${{GLOBAL(QT_PHONE_{kind}_${{WHO}})}})",
        f'same => n,GotoIf($["${{GLOBAL(QT_RINGS_${{PHONE}})}}" != "${{WHO}}"]?{otherwise})',
        f"same => n,Dial(PJSIP/${{PHONE}},{_LONGEST_RING_S},b({HEADERS}^s^1))",
        f'same => n,GotoIf($["${{DIALSTATUS}}" = "CHANUNAVAIL"]?{otherwise})',
        "same => n,Hangup(${HANGUPCAUSE})",
    ]


def _kind(endpoint: Endpoint) -> str:
    return "browser" if endpoint.kind == "browser" else "sip"
