"""One Asterisk of ours, whole: found or unpacked, configured, run, spoken to."""

from __future__ import annotations

from pathlib import Path

import structlog

from qingting.config import Config

from . import configure
from .connection import Access
from .driver import AsteriskTelephony
from .layout import Layout
from .music import Music
from .process import AsteriskProcess
from .provision import Installation, Progress, provision

log = structlog.get_logger(__name__)


class Engine:
    """`certificate` (chain, key) is for SIP over TLS."""

    def __init__(
        self, config: Config, installation: Installation, certificate: tuple[Path, Path] | None = None
    ) -> None:
        self.config = config
        self.voice = config.voice
        self.installation = installation
        self.certificate = certificate
        self.layout = Layout.of(config.data)
        self.process = AsteriskProcess(installation, self.layout)
        secret = self.layout.secret
        self._access = Access(
            self.voice.http_port,
            secret("ari"),
            self.voice.ami_port,
            secret("ami"),
            not installation.answers_on_socket,
        )
        self.telephony = self.new_telephony()

    @classmethod
    def find(
        cls,
        config: Config,
        progress: Progress = lambda line: None,
        certificate: tuple[Path, Path] | None = None,
    ) -> Engine:
        """May download for some seconds: call it in a thread. Raises `Unavailable("telephony.no_asterisk")`."""
        return cls(config, provision(config.runtime, progress), certificate)

    def new_telephony(self) -> AsteriskTelephony:
        """Another one, as a program that starts again would make it."""
        return AsteriskTelephony(self._access, Music(self.layout))

    async def start(self) -> bool:
        """Running when it returns, and started again whenever it dies; true when it was adopted.

        Raises `Unavailable("telephony.engine_failed")`.
        """
        self._configure()
        adopted = await self.process.start()
        if adopted and not await self.process.console("manager reload"):  # we may be newer than who started it
            log.warning("engine.manager_not_reloaded", mend="what it tells us is as before until its next start")
        self.process.watch(self._configure)
        return adopted

    async def certificate_renewed(self) -> None:
        """Who calls over TLS from now on is shown the new one; calls go on."""
        if not await self.process.console("module reload res_pjsip.so"):
            log.warning("engine.certificate_not_taken", mend="it is taken at the engine's next start")

    async def leave(self) -> None:
        """We go, its calls go on."""
        await self.process.leave()

    async def stop(self) -> None:
        """All its calls end."""
        await self.process.stop()

    @property
    def sip_url(self) -> str:
        """Where browsers' SIP goes, by way of the edge."""
        return f"ws://127.0.0.1:{self.voice.http_port}/ws"

    def _configure(self) -> None:
        configure.write(self.voice, self.layout, self.installation, self.certificate)
