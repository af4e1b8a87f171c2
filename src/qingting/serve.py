"""`qingting serve`: make the centre, say where it is, run until told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TextIO

import structlog
import uvicorn

from . import migrate, observability
from .bootstrap import House, app, sample_services
from .config import Config, reachable
from .contexts.configuration import demo, samples
from .contexts.people import api as people
from .datalock import DataLock
from .doctor import edge
from .doctor import voice as telephones
from .doctor.check import Checks
from .errors import QingtingError, Unavailable
from .journal.sqlite import SqliteJournal
from .telephony.asterisk.engine import Engine
from .tls.certificates import files_of

log = structlog.get_logger(__name__)

DEMO_STAFF = (
    ("admin", "管理员 Administrator", ("administrator",)),
    ("supervisor", "班长 Supervisor", ("supervisor",)),
)


async def serve(config: Config, *, demo_tenant: bool = False, voice: bool = True) -> int:
    """Until SIGTERM or SIGINT. Raises `Unavailable("data.in_use" | "serve.port")` when another has folder or port."""
    observability.configure_logging(config.log_level, json=config.log_json)
    say = sys.stdout
    _insist(edge.web_port(config), "serve.port")
    with DataLock(config.data):
        async with _samples(config, demo_tenant) as (config, address), house(config, voice=voice, say=say) as it:
            told = await _demo(it, config) if demo_tenant else []
            if address:
                await _add_samples(it, config, address, say)
            async with it.open():
                server = uvicorn.Server(_uvicorn(config, it))
                _tell(config, it, told if demo_tenant else None, say)
                await _run(server)
    return 0


@asynccontextmanager
async def _samples(config: Config, demo_tenant: bool) -> AsyncIterator[tuple[Config, str]]:
    """With the demonstration's other systems running: a configuration that lets flows ask them, and their address."""
    if not (demo_tenant and config.samples):
        yield config, ""
        return
    async with sample_services.running() as address:
        inside = (*config.services.inside, address)
        yield replace(config, services=replace(config.services, inside=inside)), address


async def _add_samples(it: House, config: Config, address: str, say: TextIO) -> None:
    async with it.records.read() as connection:
        tenant = next(t.id for t in await people.list_tenants(connection) if t.code == demo.CODE)

    def text(name: str) -> str:
        return (config.flows / name).read_text(encoding="utf-8")

    texts = {id: (text(f"{id}.yaml"), text(f"{id}.cases.yaml")) for id in samples.SAMPLES}
    try:
        await samples.add(it.configuration, tenant, texts, address)
    except QingtingError as error:  # the centre is there without them
        log.warning("samples.not_added", code=error.code, why=error.message, detail=error.detail)
        print(f"  the sample flows were not added: {error}", file=say, flush=True)


@asynccontextmanager
async def house(config: Config, *, voice: bool, say: TextIO) -> AsyncIterator[House]:
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)

    def progress(line: str) -> None:
        print(f"  {line}", file=say, flush=True)

    if not config.journal_path.exists():
        progress("making the databases")
    await asyncio.to_thread(migrate.upgrade, config.effective_records_url)
    engine = await _engine(config, progress, say) if voice and config.voice.enabled else None
    yield House(config, await SqliteJournal.open(config.journal_path), engine=engine, progress=progress)


async def _engine(config: Config, progress: Callable[[str], None], say: TextIO) -> Engine | None:
    try:
        certificate = files_of(config) if config.tls else None
        engine = await asyncio.to_thread(Engine.find, config, progress, certificate)
        _insist(telephones.check_ports(config), "telephony.port")
        return engine
    except Unavailable as missing:
        log.warning("serve.without_voice", code=missing.code, why=missing.message)
        print(f"! no voice: {missing.message}", file=say)
        return None


def _insist(checks: Checks, code: str) -> None:
    """What the doctor would complain of is told before anything is begun, not by a part that fails later."""
    for check in checks:
        if check.state == "fail":
            raise Unavailable(code, f"{check.message}: {check.mend}")


async def _demo(it: House, config: Config) -> list[tuple[str, str]]:
    """The demonstration tenant, made on the first start; (sign-in name, one-time password) of its people."""
    async with it.records.read() as connection:
        if any(t.code == demo.CODE for t in await people.list_tenants(connection)):
            return []
    tenant = await people.create_tenant(it.people, code=demo.CODE, name=demo.COMPANY)
    flow = (config.flows / "demo.zh-en.yaml").read_text(encoding="utf-8")
    it.progress("a demonstration tenant with people and their one-time passwords")
    seeded = await demo.seed(it.configuration, tenant, flow)
    by = people.system(tenant)
    staff = [people.NewUser(name, display, roles=roles) for name, display, roles in DEMO_STAFF]
    configured = it.configuration.of(tenant).agents
    for agent, number, name in seeded.agents:
        roles = ("agent", "outbound") if configured[agent].body.dial_out else ("agent",)
        staff.append(people.NewUser(number, name, roles=roles, agent=agent))
    created = await asyncio.gather(*(people.create_user(it.people, by, new) for new in staff))
    return [(new.name, made.password) for new, made in zip(staff, created, strict=True)]


def _uvicorn(config: Config, it: House) -> uvicorn.Config:
    certificates = it.certificates
    return uvicorn.Config(
        app(it),
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        ssl_context_factory=(lambda *_: certificates.context) if certificates is not None else None,
        server_header=False,
        timeout_keep_alive=75,  # longer than clients and proxies keep theirs: who asks as we close would hear a reset
        timeout_graceful_shutdown=3,
    )


async def _run(server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()
    for sig in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sig, lambda: setattr(server, "should_exit", True))
    await server.serve()


def _tell(config: Config, it: House, told: list[tuple[str, str]] | None, say: TextIO) -> None:
    """`told`: whom the demonstration tenant's start made; none of it, none of its addresses."""
    base = config.base_url
    lines = [
        "",
        "倾听 Qingting is listening",
        f"  desk      工作台     {base}/desk",
        f"  floor     监控       {base}/floor",
        f"  manage    管理       {base}/manage",
    ]
    if told is not None:
        lines.append(f"  customer  客户来电   {base}/call/demo")
    voice = config.voice
    if it.engine is None:
        lines.append("  voice is off: everything else works")
    elif told is not None:
        lines.append(f"  dial      拨打       sip:{demo.SHORT_NUMBER}@{reachable(voice.sip_host)}:{voice.sip_port}")
    else:
        lines.append(f"  phones    话机       sip:{reachable(voice.sip_host)}:{voice.sip_port}")
    if told:
        lines += ["", "One-time passwords 一次性密码 (shown now and never again):"]
        lines += [f"  {name:<12}{password}" for name, password in told]
        lines.append("  lost one? qingting password NAME makes another")
    print("\n".join([*lines, ""]), file=say, flush=True)


async def make_tenant(config: Config, code: str, name: str, admin: str) -> str:
    """Its administrator's one-time password. A running centre serves the tenant after its next start."""
    async with house(config, voice=False, say=sys.stdout) as it:
        try:
            tenant = await people.create_tenant(it.people, code=code, name=name)
            new = people.NewUser(admin, admin, roles=("administrator",))
            return (await people.create_user(it.people, people.system(tenant), new)).password
        finally:
            await it.close()


async def new_password(config: Config, name: str) -> str:
    async with house(config, voice=False, say=sys.stdout) as it:
        try:
            return await people.new_one_time_password(it.people, name)
        finally:
            await it.close()
