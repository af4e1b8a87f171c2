"""What people meet: pages, certificate, mail."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from urllib.parse import urlsplit

import aiosmtplib

from ..config import Config
from ..datalock import holder
from ..errors import Invalid
from ..tls.authority import certificate_state
from ..tls.certificates import names_of, own_files, uncovered
from . import ports
from .check import Checks, fail, ok, warn

MAIL_S = 5.0
SOON_DAYS = 14


def ui(config: Config) -> Checks:
    page = config.ui / "index.html"
    if page.is_file():
        yield ok("ui", f"built {time.strftime('%Y-%m-%d', time.gmtime(page.stat().st_mtime))}")
    else:
        yield fail("ui", f"{page} is not there", "make setup (builds the pages; needs Node, which it brings)")


def web_port(config: Config) -> Checks:
    where = f"{config.host}:{config.port}"
    try:
        taken = ports.taken(config.host, config.port)
    except OSError as e:
        yield fail(
            "web port", f"{where} cannot be used ({e.strerror})", "name an address of this machine, a port ≥ 1024"
        )
        return
    if not taken:
        yield ok("web port", f"{where} is free")
        return
    running, found = holder(config.data), ports.owner(config.port)
    if running and (found is None or found[0] == running):
        yield ok("web port", f"{where} is ours (process {running})")
    else:
        by = f" by {found[1]} (process {found[0]})" if found else ""
        yield fail("web port", f"{where} is taken{by}", "end that, or serve --port another")


def certificate(config: Config) -> Checks:
    if not config.tls:
        if is_loopback(config.host):
            yield ok("certificate", "none: pages on this machine only, where browsers give the microphone anyway")
        else:
            words = f"none, but pages are served on {config.host}"
            yield warn("certificate", words, "serve --tls auto: browsers give the microphone only on https")
        return
    if config.tls == "auto":
        path = config.data / "tls" / "server.pem"
        if not path.exists():
            yield ok("certificate", "of a local authority: made at the first start")
            return
        if strangers := uncovered(config):
            words = f"the local authority may not vouch for {', '.join(strangers)}"
            yield warn("certificate", words, "remove data/tls/authority.*, start again, and trust the new one")
            return
    else:
        try:
            path = own_files(config.tls)[0]
        except Invalid as e:
            yield fail("certificate", e.message, "set tls to auto or cert.pem,key.pem")
            return
    state = certificate_state(path)
    days = (state.not_after - time.time()) / 86400
    host = urlsplit(config.public_url).hostname or ""
    if days < 0 or state.not_before > time.time():
        yield fail("certificate", f"{path} is not valid now", "renew it; check the clock")
    elif days < SOON_DAYS and config.tls != "auto":
        yield warn("certificate", f"{path} ends in {days:.0f} days", "renew it: it is taken up without a restart")
    elif host and not _named(host, state.names):
        yield warn("certificate", f"{path} does not name {host}", "get one for it, or mend public_url")
    else:
        kind = "of the local authority, renews itself" if config.tls == "auto" else str(path)
        missing = [name for name in names_of(config) if name not in state.names] if config.tls == "auto" else []
        yield ok("certificate", f"{kind}, {days:.0f} days left" + (", new names at the next look" if missing else ""))


def mail(config: Config) -> Checks:
    settings = config.mail
    if not settings.host:
        mend = "set mail.host to send invitations and password links"
        yield warn("mail", "none leaves: links are shown to the administrator", mend)
        return
    where = f"{settings.host}:{settings.port}"
    password = config.data / "secrets" / "mail-password"
    if settings.username and not password.exists():
        yield fail("mail", "there is no password", f"put it into {password}, readable by its owner only")
        return
    try:
        asyncio.run(_greet(config, password.read_text().strip() if settings.username else ""))
    except aiosmtplib.SMTPAuthenticationError:
        yield fail("mail", f"{where} refuses {settings.username}", f"check mail.username and {password}")
    except (aiosmtplib.SMTPException, OSError) as e:
        yield fail("mail", f"{where}: {type(e).__name__}: {e}", "check mail.host, mail.port and mail.tls")
    else:
        words = f"{where} answers{' and lets us in' if settings.username else ''} ({settings.tls})"
        if settings.tls == "none" and not is_loopback(settings.host):
            yield warn("mail", words, "set mail.tls: password links should not travel in the clear")
        else:
            yield ok("mail", words)


async def _greet(config: Config, password: str) -> None:
    settings = config.mail
    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        use_tls=settings.tls == "tls",
        start_tls=settings.tls == "starttls",
        username=settings.username or None,
        password=password or None,
        timeout=MAIL_S,
    )
    async with client:
        await client.noop()


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _named(host: str, names: tuple[str, ...]) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names
