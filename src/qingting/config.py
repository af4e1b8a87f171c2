"""One typed object, read once: defaults, then a TOML file, then `QINGTING_*` in the environment.

Where no file is named, `QINGTING_CONFIG` may name one.

Secrets are never in here: they live in files under `data/secrets/` that only the owner can read.
"""

from __future__ import annotations

import json
import os
import re
import socket
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from .errors import Invalid


@dataclass(frozen=True)
class Voice:
    enabled: bool = True
    sip_host: str = "127.0.0.1"
    """Where phones and trunks reach Asterisk; loopback until told otherwise."""
    sip_port: int = 5060
    sip_tls_port: int = 0
    """Where trunks call us over TLS, with the certificate of `tls`; 0: nowhere (our calls to them need no port)."""
    sip_tls_trust: str = ""
    """PEM file of the authorities that trunks' certificates come from; empty: the machine's; `any`: not looked at."""
    rtp_first: int = 20000
    rtp_last: int = 20999
    external_address: str = ""
    """Our address as the outside sees it, when behind NAT."""
    local_networks: tuple[str, ...] = ()
    stun: str = ""
    """host:port, for browsers and for our own audio."""
    turn: str = ""
    """host:port, for browsers whose audio finds no other way; the secret shared with it is `secrets/turn-secret`."""
    http_port: int = 8088
    """Asterisk's own HTTP (ARI and /ws): always loopback, behind the edge's `/sip`."""
    ami_port: int = 5038
    """Always loopback."""


@dataclass(frozen=True)
class Mail:
    host: str = ""
    """Empty: no mail leaves; links are shown to the administrator instead."""
    port: int = 587
    sender: str = "qingting@localhost"
    username: str = ""
    tls: str = "starttls"
    """`none`, `starttls`, `tls`."""


@dataclass(frozen=True)
class Webhooks:
    """Where messages to other systems may go, beside https on the Internet."""

    allow_http: bool = False
    allow_private: bool = False
    """Addresses of private networks and of this machine."""
    trust: str = ""
    """PEM file of authorities beside those whom the machine trusts."""


@dataclass(frozen=True)
class Speech:
    """An engine over HTTP that speaks in place of the bundled one (docs/guides/speech.md); its key is
    `secrets/speech-key`. What it cannot say, the bundled one does."""

    url: str = ""
    """Empty: the bundled engine speaks alone."""
    voices: tuple[str, ...] = ()
    """`zh=longxiaochun,en=alloy`: language=voice; `*` is for all others."""
    model: str = ""
    body: str = '{"model": "{model}", "input": "{text}", "voice": "{voice}", "response_format": "wav"}'
    """JSON; `{text}`, `{language}`, `{voice}`, `{model}` are filled in. The default is OpenAI's."""
    key_header: str = "Authorization: Bearer {key}"
    timeout_s: int = 8
    cache_mib: int = 1024
    """How much of what was said is kept."""

    def __post_init__(self) -> None:
        if not self.url:
            return
        wrong = {
            "url": not self.url.startswith(("http://", "https://")),
            "voices": not self.voices
            or not all(re.fullmatch(r"\s*[^=\s]+\s*=\s*\S.*", each) for each in self.voices),
            "body": not _is_json(self.body) or "{text}" not in self.body,
            "key_header": ":" not in self.key_header or not self.key_header.isprintable(),
            "timeout_s": not 1 <= self.timeout_s <= 60,
        }
        for name, bad in wrong.items():
            if bad:
                raise Invalid(
                    "config.bad_value", f"speech.{name} cannot be {getattr(self, name)!r}", field=f"speech.{name}"
                )


@dataclass(frozen=True)
class Services:
    """Where other systems that flows ask may be, beside https on the Internet."""

    inside: tuple[str, ...] = ()
    """`host` or `host:port`, as services name them, `*` for all: these may be addresses of private networks or of
    this machine, and without TLS."""
    trust: str = ""
    """PEM file of authorities beside those whom the machine trusts."""


@dataclass(frozen=True)
class Passwords:
    """What one Argon2id hash costs; those of another cost are made anew at the next sign-in."""

    memory_mib: int = 64
    """At two sign-ins at once, twice this."""
    passes: int = 3

    def __post_init__(self) -> None:
        if self.memory_mib < 19 or self.passes < 2:  # OWASP's least
            raise Invalid("config.bad_value", "passwords: at least memory_mib = 19 and passes = 2", field="passwords")


@dataclass(frozen=True)
class Config:
    data: Path = Path("data")
    runtime: Path = Path(".runtime")
    """Asterisk's unpacked packages, downloads: what can be made again."""
    host: str = "127.0.0.1"
    port: int = 8000
    tls: str = ""
    """Empty, `auto`, or `cert.pem,key.pem`."""
    public_url: str = ""
    """As users see it, e.g. https://cc.example.cn; empty: derived from host and port."""
    records_url: str = ""
    """SQLAlchemy URL; empty: SQLite at data/records.db."""
    ui: Path = Path("ui/dist")
    flows: Path = Path("flows")
    samples: bool = True
    """Whether a demonstration has the sample flows, and other systems for them to ask."""
    log_level: str = "info"
    log_json: bool = False
    voice: Voice = field(default_factory=Voice)
    mail: Mail = field(default_factory=Mail)
    passwords: Passwords = field(default_factory=Passwords)
    webhooks: Webhooks = field(default_factory=Webhooks)
    speech: Speech = field(default_factory=Speech)
    services: Services = field(default_factory=Services)

    @property
    def base_url(self) -> str:
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "localhost" if self.host == "127.0.0.1" else reachable(self.host)
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def journal_path(self) -> Path:
        return self.data / "journal.db"

    @property
    def effective_records_url(self) -> str:
        return self.records_url or f"sqlite+aiosqlite:///{(self.data / 'records.db').absolute()}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def reachable(host: str) -> str:
    """What to tell others for an address that is listened on: of all addresses, the machine's name."""
    return socket.gethostname() if host in ("0.0.0.0", "::") else host


def load(path: Path | None = None, env: dict[str, str] | None = None, **overrides: Any) -> Config:
    """Raises `Invalid("config.unreadable" | "config.unknown_field" | "config.bad_value")`."""
    tree: dict[str, Any] = {}
    env = dict(os.environ if env is None else env)
    named = env.pop("QINGTING_CONFIG", "")
    env.pop("QINGTING_CORE", None)  # `compiled` reads it, before anything else is there
    if path is None and named:
        path = Path(named)
    if path is not None:
        try:
            tree = tomllib.loads(path.read_text())
        except (OSError, ValueError) as e:
            raise Invalid("config.unreadable", f"the settings cannot be read: {path}: {e}", path=str(path)) from e
    for name, value in env.items():
        if name.startswith("QINGTING_"):
            at = tree
            *outer, last = name.removeprefix("QINGTING_").lower().split("__")
            for part in outer:
                at = at.setdefault(part, {})
            at[last] = value
    tree.update({k: v for k, v in overrides.items() if v is not None})
    config = _fill(Config(), tree, "")
    assert isinstance(config, Config)
    return config


def _fill(into: Any, tree: dict[str, Any], where: str) -> Any:
    known = {f.name: f for f in fields(into)}
    changes: dict[str, Any] = {}
    for name, value in tree.items():
        if name not in known:
            raise Invalid("config.unknown_field", f"unknown setting {where}{name}", field=f"{where}{name}")
        old = getattr(into, name)
        if isinstance(value, dict):
            changes[name] = _fill(old, value, f"{where}{name}.")
        else:
            changes[name] = _convert(old, value, f"{where}{name}")
    return replace(into, **changes)


def _convert(old: Any, value: Any, where: str) -> Any:
    try:
        if isinstance(old, bool):
            if isinstance(value, bool):
                return value
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[str(value).lower()]
        if isinstance(old, int):
            return int(value)
        if isinstance(old, Path):
            return Path(value)
        if isinstance(old, tuple):
            return tuple(value.split(",")) if isinstance(value, str) else tuple(value)
        return str(value)
    except (ValueError, KeyError) as e:
        raise Invalid("config.bad_value", f"{where} cannot be {value!r}", field=where) from e
