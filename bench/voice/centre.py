"""Qingting's side, as a process of its own so that its CPU time can be told: `python -m bench.voice.centre`.

Everything that a centre does, but for the pages: journal with FULL durability, read model, boards. It prints
one JSON line with its phones when it is up, makes everybody available at the next line that it reads, and
ends when nothing more is to be read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop

from qingting import observability
from qingting.bootstrap import House
from qingting.config import Config, Voice
from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration import tables
from qingting.contexts.configuration.schemas import Agent, Body, EntryPoint, Flow, Queue, Settings, Texts, Trunk
from qingting.contexts.people import api as people
from qingting.core.commands import SetPresence
from qingting.serve import house

FLOW = """\
name: bench
languages: [en]
person: {queue}
start: in
nodes:
  in:
    queue:
      to: {queue}
"""
ENTRIES = {"plain": "95588", "recorded": "95599"}


async def furnish(it: House, agents: int) -> str:
    tenant = await people.create_tenant(it.people, code="bench", name="Bench")
    who = people.system(tenant)
    await it.configuration.refresh()

    async def put(kind: str, id: str, body: Body) -> None:
        await configuration.create(it.configuration, who, kind, body, id=id)

    title = Texts(zh="", en="")
    settings = Settings(consent_announcement=False, default_language="en")
    await configuration.replace(it.configuration, who, "settings", "settings", 0, settings)
    for queue, number in ENTRIES.items():
        quiet = {"announce_place": False, "announce_wait": False, "wrap_up_s": 0}
        await put("queues", queue, Queue.model_validate({"name": queue, "record": queue == "recorded", **quiet}))
        await put("flows", queue, Flow(name=queue, text=FLOW.format(queue=queue)))
        flow = it.configuration.of(tenant).flows[queue]
        await configuration.publish(it.configuration, who, queue, flow.version)
        await put("entry-points", queue, EntryPoint(name=queue, key=number, flow=queue, title=title, language="en"))
    await put(
        "trunks",
        "t1",
        Trunk(name="t1", host="127.0.0.1", port=5090, addresses=["127.0.0.1/32"], number_format="national"),
    )
    await employ(it, tenant, agents)
    return tenant


async def employ(it: House, tenant: str, agents: int) -> None:
    """Agents and their phones, in one transaction: one by one, 500 take longer than the bench may."""
    now, items, phones = time.time(), [], []
    for n in range(agents):
        agent = f"a{n:04}"
        body = Agent(name=agent, number=f"{1000 + n}", queues=list(ENTRIES)).model_dump(mode="json", by_alias=True)
        own = {"tenant": tenant, "kind": "agents", "id": agent, "version": 1, "body": body}
        items.append({**own, "secret": None, "changed_at": now, "changed_by": "bench"})
        secret = it.vault.seal(f"secret-{n}".encode(), "configuration.secret")
        phones.append({"tenant": tenant, "agent": agent, "username": f"p{n:04}", "secret": secret, "issued_at": now})
    async with it.records.write() as connection:
        await connection.execute(tables.item.insert(), items)
        await connection.execute(tables.phone.insert(), phones)
        changed = tables.revision.update().filter_by(tenant=tenant)
        await connection.execute(changed.values(revision=tables.revision.c.revision + 1))
    await it.configuration.refresh()


async def run(config: Config, agents: int) -> None:
    async with house(config, voice=True, say=sys.stderr) as it:
        tenant = await furnish(it, agents)
        assert it.engine is not None
        async with it.open():
            phones = [(phone.name, phone.secret) for phone in configuration.phones(it.configuration, tenant)]
            lines = asyncio.StreamReader()
            loop = asyncio.get_running_loop()
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
            while it.voice is None or not it.voice.up:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await it.speaking.done.wait()  # done once in a centre's life, not once a call
            print(json.dumps({"phones": phones, "engine": it.engine.process.pid()}), flush=True)
            await lines.readline()
            live = it.centre.room(tenant).live
            everybody = [SetPresence(f"a{n:04}", "available") for n in range(agents)]
            await asyncio.gather(*(live.submit(command, cause="bench") for command in everybody))
            free = sum(1 for a in live.engine.state.agents.values() if a.presence == "available")
            print(json.dumps({"available": free}), flush=True)
            await lines.read()
            await it.engine.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--voice", type=json.loads, required=True)
    arguments = parser.parse_args()
    observability.configure_logging("warning", json=False)
    config = Config(data=arguments.data, runtime=arguments.runtime, voice=Voice(**arguments.voice))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(config, arguments.agents))


if __name__ == "__main__":
    main()
