"""Flows that come with Qingting, published in the demonstration, and the other systems that they ask."""

from __future__ import annotations

from collections.abc import Mapping

from qingting.access import PERMISSIONS, Identity

from . import actions, versions
from .fields import Texts
from .live import Configuration
from .outside import Service
from .schemas import EntryPoint, Flow

SAMPLES = {
    "verify": ("密码验证 Proof by PIN", ""),
    "telecom": ("电信自助 Telecom", "10081"),
    "power": ("电力自助 Power", "10082"),
}
"""Name, and the number that leads there, if any; what others call comes first."""
SERVICES = ("billing", "grid")


async def add(configuration: Configuration, tenant: str, texts: Mapping[str, tuple[str, str]], address: str) -> None:
    """What is there already stays, and what a stop cut short is finished; the services are at `address` (host:port)
    from now on. Raises what a change of the configuration raises: they ask for a queue that may be gone.

    `texts`: text and cases of those of `SAMPLES` that are wanted.
    """
    who = Identity(tenant, "system", "set-up", frozenset(PERMISSIONS), via="set-up")
    await configuration.refresh()
    for id in SERVICES:
        service = Service(name=id, url=f"http://{address}/{id}")
        known = configuration.of(tenant).of("services").get(id)
        if known is None:
            await actions.create(configuration, who, "services", service, id=id)
        elif known.body.url != service.url:
            await actions.replace(configuration, who, "services", id, known.version, service)
    title = Texts(zh="致电蜻蜓电信", en="Call Qingting Telecom")
    for id, (name, number) in SAMPLES.items():
        if id not in texts:
            continue
        text, cases = texts[id]
        view = configuration.of(tenant)
        if id not in view.flows and id not in view.newest:  # what was removed stays away
            await actions.create(configuration, who, "flows", Flow(name=name, text=text, cases=cases), id=id)
        view = configuration.of(tenant)
        if id in view.flows and id not in view.newest:
            await versions.publish(configuration, who, id, view.flows[id].version)
        if number and id in view.flows and all(it.body.key != number for it in view.entry_points.values()):
            entry = EntryPoint(name=name, key=number, line="telecom", flow=id, title=title)
            await actions.create(configuration, who, "entry-points", entry, id=id)
