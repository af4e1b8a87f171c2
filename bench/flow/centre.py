"""A centre whose callers serve themselves by the telecom flow, a process of its own: `python -m bench.flow.centre`.

Everything that a centre does, but for the pages, with the sample flows and the other systems that they ask. It prints
one JSON line when it is up, and ends when nothing more is to be read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import uvloop

from qingting import observability
from qingting.bootstrap import House, sample_services
from qingting.config import Config, Voice
from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration import samples
from qingting.contexts.configuration.schemas import Line, Settings, Trunk
from qingting.contexts.people import api as people
from qingting.serve import house

QUEUES = ("service", "english", "sales")


async def furnish(it: House, flows: Path, address: str) -> None:
    tenant = await people.create_tenant(it.people, code="bench", name="Bench")
    who = people.system(tenant)
    await it.configuration.refresh()
    settings = Settings(consent_announcement=False)
    await configuration.replace(it.configuration, who, "settings", "settings", 0, settings)
    await configuration.create(it.configuration, who, "lines", Line(name="telecom"), id="telecom")
    for queue in QUEUES:
        await configuration.create(it.configuration, who, "queues", configuration.Queue(name=queue), id=queue)
    trunk = Trunk(name="t1", host="127.0.0.1", port=5090, addresses=["127.0.0.1/32"], number_format="national")
    await configuration.create(it.configuration, who, "trunks", trunk, id="t1")
    texts = {id: ((flows / f"{id}.yaml").read_text(encoding="utf-8"), "") for id in samples.SAMPLES if id != "power"}
    await samples.add(it.configuration, tenant, texts, address)


async def run(config: Config) -> None:
    async with sample_services.running() as address:
        config = replace(config, services=replace(config.services, inside=(address,)))
        async with house(config, voice=True, say=sys.stderr) as it:
            await furnish(it, config.flows, address)
            assert it.engine is not None
            async with it.open():
                lines = asyncio.StreamReader()
                loop = asyncio.get_running_loop()
                await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
                while it.voice is None or not it.voice.up:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
                await it.speaking.done.wait()  # once in a centre's life, not once a call
                print(json.dumps({"engine": it.engine.process.pid()}), flush=True)
                await lines.read()
                await it.engine.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--voice", type=json.loads, required=True)
    arguments = parser.parse_args()
    observability.configure_logging("warning", json=False)
    config = Config(data=arguments.data, runtime=arguments.runtime, voice=Voice(**arguments.voice))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(config))


if __name__ == "__main__":
    main()
