"""One certificate for pages and wss, renewed without a stop.

`--tls cert.pem,key.pem` serves the operator's own and takes up the files again when they change.
`--tls auto` makes a local authority under `data/tls/` at first use (`authority.py`), and with it a certificate
for the names and addresses of this machine, anew before it ends or when the names change. People trust the
authority once; `web/trust.py` tells how.

New connections get the newest certificate, those that stand are not touched.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from ..config import Config
from ..errors import Invalid
from ..files import private_folder
from ..machine import host_names, own_addresses
from .authority import Authority, CertificateState, certificate_state

log = structlog.get_logger()

RENEW_DAYS = 30
LOOK_S = 30.0
"""Between looks at the files."""
CHECK_S = 3600.0
"""Between looks at our names and the certificate's end."""


class Certificates:
    """The TLS context of the edge, kept fresh.

    uvicorn takes it as `ssl_context_factory=lambda config, default: certificates.context`.
    """

    def __init__(
        self,
        config: Config,
        *,
        now: Callable[[], float] = time.time,
        names: Callable[[Config], list[str]] | None = None,
    ) -> None:
        """Raises `Invalid("tls.bad_setting" | "tls.bad_certificate")` with words that say what to do."""
        self._config, self._now, self._names = config, now, names or names_of
        self.authority: Path | None = None
        self.certificate, self.key = files_of(config)
        self.renewed: Callable[[], Awaitable[None]] = _nobody
        """Awaited when another certificate is in use."""
        if config.tls == "auto":
            private_folder(config.data / "tls")
            self.authority = config.data / "tls" / "authority.pem"
        self._looked = -CHECK_S
        self._issue_if_due()
        self._seen = self._stamp()
        self._current = _context(self.certificate, self.key)
        self.context = _context(self.certificate, self.key)
        self.context.sni_callback = self._newest

    def refresh(self) -> bool:
        """Blocking; called by `keep_fresh`. True when new connections get another certificate from now on."""
        self._issue_if_due()
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._current = _context(self.certificate, self.key)
        self._seen = stamp
        log.info("tls.renewed", until=self.state().not_after)
        return True

    async def keep_fresh(self, every_s: float = LOOK_S) -> None:
        """Runs until cancelled. Files that do not fit together (yet) leave the old certificate in use."""
        told = ""
        while True:
            await asyncio.sleep(every_s)
            try:
                if await asyncio.to_thread(self.refresh):
                    await self.renewed()
                told = ""
            except (Invalid, OSError) as e:
                if str(e) != told:
                    log.warning("tls.not_renewed", error=str(e))
                    told = str(e)

    def state(self) -> CertificateState:
        return certificate_state(self.certificate)

    def _newest(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        # Called for each handshake, also when the client names no host.
        connection.context = self._current

    def _stamp(self) -> tuple[float, ...]:
        return tuple(value for path in (self.certificate, self.key) for value in _touched(path))

    def _issue_if_due(self) -> None:
        if self.authority is None or self._now() < self._looked + CHECK_S:
            return
        self._looked = self._now()
        authority = Authority.in_directory(self.authority.parent, self._names(self._config), self._now())
        wanted = [name for name in self._names(self._config) if authority.covers(name)]
        if self.certificate.exists():
            state = certificate_state(self.certificate)
            fresh = state.not_after - self._now() > RENEW_DAYS * 86400 and state.not_before <= self._now()
            if fresh and set(wanted) <= set(state.names) and authority.has_issued(self.certificate):
                return
        authority.issue(wanted, self.certificate, self._now())


def uncovered(config: Config) -> list[str]:
    """Names of ours that the local authority may not vouch for: it was made before they were known."""
    directory = config.data / "tls"
    if config.tls != "auto" or not (directory / "authority.pem").exists():
        return []
    authority = Authority.in_directory(directory, [], time.time())
    return [name for name in names_of(config) if not authority.covers(name)]


def names_of(config: Config) -> list[str]:
    """Host names and addresses under which users reach us, and trunks and sites that call us over TLS."""
    names = ["localhost", *host_names(), *own_addresses()]
    hosts = [urlsplit(url).hostname for url in (config.public_url, f"//{config.host}")]
    if config.voice.sip_tls_port:
        hosts += [config.voice.sip_host.strip("[]"), config.voice.external_address]
    names += [host for host in hosts if host and host not in ("0.0.0.0", "::")]
    return list(dict.fromkeys(name.lower() for name in names))


def files_of(config: Config) -> tuple[Path, Path]:
    """Certificate and key, there or not yet. Raises `Invalid("tls.bad_setting")`."""
    if config.tls == "auto":
        return config.data / "tls" / "server.pem", config.data / "tls" / "server.pem"
    return own_files(config.tls)


async def _nobody() -> None:
    """Who has to be told of a renewal, when nobody has."""


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # An empty passphrase, so that nobody is asked for one on a terminal.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as e:
        raise Invalid(
            "tls.bad_certificate",
            f"{certificate} and {key} cannot be used ({e}): PEM files that belong together, key without passphrase",
        ) from e
    return context


def own_files(setting: str) -> tuple[Path, Path]:
    """Certificate and key of `cert.pem,key.pem`. Raises `Invalid("tls.bad_setting")`."""
    certificate, comma, key = setting.partition(",")
    if not comma or not certificate or not key:
        raise Invalid("tls.bad_setting", "tls is `auto` or `cert.pem,key.pem`", field="tls")
    return Path(certificate.strip()), Path(key.strip())


def _touched(path: Path) -> tuple[float, float]:
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_ino
