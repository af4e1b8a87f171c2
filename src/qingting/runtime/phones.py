"""The phones of agents: the browser's, with a secret made for each sign-in, and desk phones with lasting ones.

Secrets of browser phones live in memory only. After a restart of the program the engine still knows them;
after a restart of the engine they are pushed again; after both, the page fetches a new one by itself.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence

import structlog

from ..contexts.configuration import api as configuration
from ..errors import Invalid
from ..telephony.port import Endpoint, EngineUnavailable, Telephony

log = structlog.get_logger(__name__)

Owner = tuple[str, str]
"""(tenant, agent)."""


class AgentPhones:
    def __init__(self, telephony: Telephony, configuration: configuration.Configuration, key: bytes) -> None:
        self._telephony = telephony
        self._configuration = configuration
        self._key = key
        """Makes endpoint names that cannot be guessed and stay the same over restarts."""
        self._owners: dict[str, Owner] = {}
        self._browser: dict[str, Endpoint] = {}
        self._online: set[str] = set()
        self._sites: set[str] = set()
        """Trunks to the engines of sites that answer."""
        self._taken_back: set[str] = set()
        """Phones that the engine still has to forget: it was away when they were taken back."""
        self.on_restore: list[Callable[[bool], Awaitable[None]]] = []
        self.on_moved: Callable[[str, str], None] = lambda tenant, agent: None
        """Told (tenant, agent) whose phone was taken back, or who may sit elsewhere now: no engine tells that."""

    def browser_name(self, tenant: str, agent: str) -> str:
        digest = hashlib.blake2b(f"{tenant}/{agent}".encode(), key=self._key, digest_size=12).hexdigest()
        return f"b{digest}"

    async def issue(self, tenant: str, agent: str) -> Endpoint:
        """A new secret for this agent's browser; the one before is void. Raises `EngineUnavailable`."""
        name = self.browser_name(tenant, agent)
        extension = configuration.extension(self._configuration, tenant, agent)
        endpoint = Endpoint(name, secrets.token_urlsafe(24), "browser", f"agent:{tenant}.{agent}", extension)
        self._owners[name] = (tenant, agent)
        await self._telephony.put_endpoint(endpoint)
        self._browser[name] = endpoint
        self._taken_back.discard(name)
        return endpoint

    async def revoke(self, tenant: str, agent: str) -> None:
        """Signed out, or no agent any more. Raises `EngineUnavailable`: then it is done when the engine is back."""
        name = self.browser_name(tenant, agent)
        self._browser.pop(name, None)
        await self._take_back(name, (tenant, agent))

    async def _take_back(self, name: str, owner: Owner) -> None:
        self._online.discard(name)
        self._taken_back.add(name)
        self.on_moved(*owner)
        await self._forget(name)

    async def _forget(self, name: str) -> None:
        await self._telephony.remove_endpoint(name)
        self._taken_back.discard(name)

    # --- what voice asks

    def target(self, tenant: str, agent: str) -> str | None:
        if (name := self._endpoint(tenant, agent)) is not None:
            return f"endpoint:{name}"
        way = configuration.way_to(self._configuration, tenant, agent)
        return f"trunk:{way[0]}/{way[1]}" if way is not None and way[0] in self._sites else None

    def _endpoint(self, tenant: str, agent: str) -> str | None:
        browser = self.browser_name(tenant, agent)
        desk = self._configuration.of(tenant).phones.get(agent)
        for name in (browser, desk.username if desk else None):
            if name is not None and name in self._online:
                return name
        return None

    def in_browser(self, target: str) -> bool:
        return self._in_browser(target.removeprefix("endpoint:"))

    def _in_browser(self, endpoint: str) -> bool:
        return (owner := self._owners.get(endpoint)) is not None and endpoint == self.browser_name(*owner)

    def agent_of(self, endpoint: str) -> Owner | None:
        return self._owners.get(endpoint)

    def reachable(self, tenant: str, agent: str) -> bool:
        return self.target(tenant, agent) is not None

    def site_changed(self, trunk: str, reachable: bool) -> list[Owner]:
        """Whom it matters to: those of the site who have no phone here."""
        if reachable == (trunk in self._sites):
            return []
        (self._sites.add if reachable else self._sites.discard)(trunk)
        ways = {owner: configuration.way_to(self._configuration, *owner) for owner in self.known()}
        return [owner for owner, way in ways.items() if way and way[0] == trunk and self._endpoint(*owner) is None]

    def changed(self, endpoint: str, online: bool) -> None:
        (self._online.add if online else self._online.discard)(endpoint)

    def known(self) -> Sequence[Owner]:
        return list(dict.fromkeys(self._owners.values()))

    def browsers_online(self) -> list[Owner]:
        return [owner for name, owner in self._owners.items() if name in self._online and self._in_browser(name)]

    async def restore(self, online: set[str], restarted: bool) -> None:
        self.learn()
        self._online = set(online)
        if restarted:
            for endpoint in list(self._browser.values()):
                await self._telephony.put_endpoint(endpoint)
        for name in sorted(self._taken_back):
            await self._forget(name)
        await self.push()
        for tell in self.on_restore:
            await tell(restarted)

    # --- configuration

    def learn(self) -> None:
        """Whose every phone is, registered or not."""
        for tenant, view in self._configuration.views.items():
            for agent in view.agents:
                self._owners[self.browser_name(tenant, agent)] = (tenant, agent)
            for agent, phone in view.phones.items():
                self._owners[phone.username] = (tenant, agent)

    async def push(self) -> None:
        """Desk phones of all tenants, as configured now. One that cannot be is nobody else's trouble."""
        for tenant in self._configuration.views:
            for endpoint in configuration.phones(self._configuration, tenant):
                owner = f"agent:{tenant}.{endpoint.owner.removeprefix('agent:')}"
                try:
                    await self._telephony.put_endpoint(endpoint._replace(owner=owner))
                except (EngineUnavailable, Invalid) as error:
                    log.error("phones.not_taken", why=str(error))

    async def configured(self, change: configuration.Changed) -> None:
        """A change takes effect at once; with the engine away, when it is back."""
        self.learn()
        try:
            if change.kind in ("phones", "agents"):
                await self._agents_phone(change)
        except EngineUnavailable:
            log.warning("phones.pushed_later", kind=change.kind)
        except Invalid as error:
            log.error("phones.not_taken", kind=change.kind, why=str(error))

    async def _agents_phone(self, change: configuration.Changed) -> None:
        wanted = {e.name: e for e in configuration.phones(self._configuration, change.tenant)}
        mine = {name for name, owner in self._owners.items() if owner == (change.tenant, change.id)}
        for name in mine - set(wanted) - {self.browser_name(change.tenant, change.id)}:
            del self._owners[name]
            await self._take_back(name, (change.tenant, change.id))
        for name in mine & set(wanted):
            await self._telephony.put_endpoint(wanted[name]._replace(owner=f"agent:{change.tenant}.{change.id}"))
        if change.kind != "agents":
            return
        if change.removed:
            await self.revoke(change.tenant, change.id)
            return
        if (endpoint := self._browser.get(self.browser_name(change.tenant, change.id))) is not None:
            extension = configuration.extension(self._configuration, change.tenant, change.id)
            if endpoint.extension != extension:
                self._browser[endpoint.name] = moved = endpoint._replace(extension=extension)
                await self._telephony.put_endpoint(moved)

    async def seated(self, change: configuration.Changed) -> None:
        """When the core knows of the change as well: at which engine an agent has their phone."""
        sites = self._configuration.of(change.tenant).sites.values()
        if change.kind == "agents" and not change.removed and any(site.body.host for site in sites):
            self.on_moved(change.tenant, change.id)
