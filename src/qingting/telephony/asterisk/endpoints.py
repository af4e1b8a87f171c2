"""Phones and trunks as the engine's configuration objects, pushed at run time.

Each endpoint's account code is on all its channels: that is how a leg's source is vouched for. (A variable would
do as well, but the engine cannot update an endpoint that sets one.) A trunk is known by
address only (`identify_by=ip`), so that nobody becomes one by writing its name in a header.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from qingting.errors import Invalid
from qingting.telephony.port import Endpoint, Trunk

from . import sites

Fields = list[tuple[str, str]]


class Object(NamedTuple):
    kind: str
    id: str
    fields: Fields


_SAFE_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,160}")
_SAFE_VALUE = re.compile(r"[^\r\n;,]{0,200}")
_COMMON: Fields = [
    ("disallow", "all"),
    ("direct_media", "no"),
    ("allow_transfer", "no"),
    ("allow_subscribe", "no"),
    ("trust_id_inbound", "no"),
    ("rtp_symmetric", "yes"),
    ("force_rport", "yes"),
    ("rewrite_contact", "yes"),
    ("language", "en"),
]


def of_endpoint(endpoint: Endpoint) -> list[Object]:
    """auth, aor, endpoint: in the order in which they refer to each other."""
    name, owner = _id(endpoint.name), _id(endpoint.owner)
    web = owner.startswith("web:")
    fields = [
        *_COMMON,
        ("context", "web" if web else "phone"),
        ("aors", name),
        ("auth", name),
        ("identify_by", "username"),
        ("accountcode", owner),
    ]
    if endpoint.kind == "browser":
        # A-law first: callers by trunk bring it, and what need not be transcoded costs a third less.
        fields += [("webrtc", "yes"), ("allow", "alaw,ulaw,opus"), ("rtp_timeout", "60")]
    else:
        fields += [("allow", "alaw,ulaw,opus"), ("dtmf_mode", "auto")]
    aor: Fields = [("max_contacts", "1"), ("remove_existing", "yes"), ("remove_unavailable", "yes")]
    aor += [("maximum_expiration", "600"), ("default_expiration", "300")]
    if endpoint.kind != "browser":
        aor += [("qualify_frequency", "30"), ("qualify_timeout", "3")]
    auth: Fields = [("auth_type", "userpass"), ("username", name), ("password", _value(endpoint.secret))]
    return [
        Object("auth", name, auth),
        Object("aor", name, aor),
        Object("endpoint", name, fields),
    ]


TRUNK_PREFIX = "trunk-"


def trunk_endpoint(trunk: str) -> str:
    """The endpoint's name of a trunk: one that needs no escaping, whatever the trunk is called."""
    return TRUNK_PREFIX + hashlib.sha256(trunk.encode()).hexdigest()[:16]


def of_trunk(trunk: Trunk, addresses: Sequence[str]) -> list[Object]:
    """`addresses`: of its host; whence its calls come, unless the trunk says so itself."""
    name = trunk_endpoint(trunk.trunk)
    host = _value(trunk.host)
    transport = trunk.transport if trunk.transport in ("udp", "tcp", "tls") else "udp"
    scheme = f"sip:{host}:{trunk.port};transport={transport}"
    fields = [
        *_COMMON,
        ("aors", name),
        ("identify_by", "ip"),
        ("transport", transport),
        ("allow", ",".join(_id(codec) for codec in trunk.codecs)),
        ("dtmf_mode", "auto"),
        *(_of_a_site(trunk) if trunk.site_of else _of_a_carrier(trunk)),
    ]
    if transport == "tls":
        fields.append(("media_encryption", "sdes"))
    objects: list[Object] = []
    username = SITE_USER if trunk.site_of and trunk.secret else trunk.username
    if username:
        fields += [("outbound_auth", name), ("from_domain", host)]
        fields += [("auth", name)] if trunk.site_of else []
        auth: Fields = [("auth_type", "userpass"), ("username", _value(username))]
        objects.append(Object("auth", name, [*auth, ("password", _value(trunk.secret))]))
    aor: Fields = [("contact", scheme), *(_ASKED if trunk.site_of else [])]
    objects += [
        Object("aor", name, aor),
        Object("endpoint", name, fields),
    ]
    if match := ",".join(_value(a) for a in trunk.addresses or addresses):
        objects.append(Object("identify", name, [("endpoint", name), ("match", match)]))
    if trunk.register:
        registration = [
            ("server_uri", f"sip:{host}:{trunk.port}"),
            ("client_uri", f"sip:{_value(trunk.username)}@{host}:{trunk.port}"),
            ("contact_user", _value(trunk.username)),
            ("outbound_auth", name),
            ("transport", transport),
            ("retry_interval", "20"),
            ("forbidden_retry_interval", "60"),
            ("fatal_retry_interval", "60"),
            ("max_retries", "1000000"),
            ("expiration", "600"),
            ("max_random_initial_delay", "0"),
        ]
        objects.append(Object("registration", name, registration))
    return objects


def _of_a_carrier(trunk: Trunk) -> Fields:
    return [
        ("context", "trunk-asserted" if trunk.trust_identity else "trunk"),
        ("timers", trunk.session_timers),
        ("send_pai", "yes" if trunk.trust_identity else "no"),
        ("accountcode", f"trunk:{_id(trunk.trunk)}"),
    ]


def _of_a_site(trunk: Trunk) -> Fields:
    """Both engines refresh each call: one whose far engine is gone ends within minutes."""
    _id(trunk.trunk), _id(trunk.site_of)
    return [
        ("context", sites.CONTEXT),
        ("timers", "always"),
        ("timers_min_se", "90"),
        ("timers_sess_expires", "120"),
        ("accountcode", sites.owner(trunk)),
    ]


SITE_USER = "qingting"
"""By which engines of sites that share a secret greet each other."""
_ASKED: Fields = [("qualify_frequency", "5"), ("qualify_timeout", "3"), ("qualify_2xx_only", "yes")]
"""Whether it is there, and knows us: one that does not turns us away."""

TRUNK_KINDS = ("registration", "identify", "endpoint", "aor", "auth")
ENDPOINT_KINDS = TRUNK_KINDS[2:]


def _id(text: str) -> str:
    if not _SAFE_ID.fullmatch(text):
        raise Invalid("telephony.bad_name", f"{text!r} cannot name a part of the engine")
    return text


def _value(text: str) -> str:
    if not _SAFE_VALUE.fullmatch(text):
        raise Invalid("telephony.bad_value", "a setting has a character that SIP configuration cannot hold")
    return text
