"""Pushing phones and trunks into the running engine, and asking who is registered.

The engine cannot change an endpoint in place without spoiling it (what it reads back is not what it was told),
so one that changes is removed and put again within a millisecond, and one that does not change is left alone:
a trunk that is in use misses no call because the program restarts. What was put is remembered by a digest, here
and in a global variable of the engine, which forgets it together with the objects.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

from qingting.telephony.port import EngineUnavailable

from .ari import Reply, path
from .connection import Connection
from .endpoints import TRUNK_PREFIX, Object

SIGN_OFF_S = 5.0
_TURNS = 64
_AWAY = ("Unreachable", "Removed")


class Registry:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._put: dict[str, str] = {}
        """endpoint -> digest of what the engine has."""
        self._turns = [asyncio.Lock() for _ in range(_TURNS)]

    async def put(self, objects: list[Object]) -> None:
        """All have the same id. A phone's secret is changed in place; where we register, another one tries anew."""
        async with self._turns[hash(objects[0].id) % _TURNS]:  # two at once would be put into each other
            await self._put_alone(objects)

    async def _put_alone(self, objects: list[Object]) -> None:
        name = objects[0].id
        registers = any(it.kind == "registration" for it in objects)
        lasting = [it for it in objects if it.kind != "auth" or registers]
        digest = hashlib.sha256(repr(lasting).encode()).hexdigest()[:16]
        known = self._put.get(name) or await self._known(name)
        send = partial(self._connection.send, lane=name)
        changed = known != digest
        asked = []
        if changed and known:
            for it in reversed(lasting):
                send("DELETE", _object(it.kind, name))
        for it in objects if changed else [it for it in objects if it.kind == "auth"]:
            fields = [{"attribute": attribute, "value": value} for attribute, value in it.fields]
            asked.append((it.kind, send("PUT", _object(it.kind, name), None, {"fields": fields})))
        if changed:
            send("POST", "asterisk/variable", {"variable": _variable(name), "value": digest})
        for kind, reply in asked:
            if not (said := await reply).ok:
                self._put.pop(name, None)
                raise EngineUnavailable(f"the engine did not take the {kind}: {said.status} {said.body[:200]}")
        self._put[name] = digest

    async def remove(self, kinds: Sequence[str], name: str) -> None:
        """A trunk's secret goes some seconds later, because it is needed once more to sign off."""
        for reply in self.forget(kinds, name):
            await reply

    def forget(self, kinds: Sequence[str], name: str) -> list[asyncio.Future[Reply]]:
        self._put.pop(name, None)
        now = [kind for kind in kinds if kind != "auth" or "registration" not in kinds]
        if now != list(kinds):
            asyncio.get_running_loop().call_later(SIGN_OFF_S, self._remove_secret, name)
        send = partial(self._connection.send, lane=name)
        asked = [send("DELETE", _object(kind, name)) for kind in now]
        return [*asked, send("POST", "asterisk/variable", {"variable": _variable(name), "value": ""})]

    def _remove_secret(self, name: str) -> None:
        if name not in self._put:
            with contextlib.suppress(EngineUnavailable):  # an engine that is gone has forgotten it
                self._connection.send("DELETE", _object("auth", name), lane=name)

    async def online(self) -> set[str]:
        contacts = await self._connection.manage_list("PJSIPShowContacts", "ContactList")
        names = {it.get("Endpoint", "") for it in contacts if it.get("Status") not in _AWAY}
        return {name for name in names if name and not name.startswith(TRUNK_PREFIX)}

    async def answering(self, names: Sequence[str]) -> set[str]:
        """Which of these, that the engine asks whether they are there, say so."""
        asked = [self._connection.send("GET", path("endpoints", "PJSIP", name), lane=name) for name in names]
        replies = [(name, await reply) for name, reply in zip(names, asked, strict=True)]
        return {name for name, reply in replies if reply.ok and reply.read()["state"] == "online"}

    def tell(self, variables: Mapping[str, str]) -> list[asyncio.Future[Reply]]:
        """What the dialplan looks up."""
        return [
            self._connection.send("POST", "asterisk/variable", {"variable": name, "value": value})
            for name, value in variables.items()
        ]

    def engine_restarted(self) -> None:
        self._put.clear()

    async def _known(self, name: str) -> str:
        reply = await self._connection.send("GET", "asterisk/variable", {"variable": _variable(name)}, lane=name)
        return str(reply.read()["value"]) if reply.ok else ""


def _object(kind: str, name: str) -> str:
    return path("asterisk", "config", "dynamic", "res_pjsip", kind, name)


def _variable(name: str) -> str:
    return f"QINGTING_PUT_{hashlib.sha256(name.encode()).hexdigest()[:20]}"
