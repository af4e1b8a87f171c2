"""What the telephony driver is to have: trunks, lines between sites, desk phones; their secrets in the clear."""

from __future__ import annotations

from qingting.telephony.port import Endpoint, Trunk

from .live import Configuration


def site_trunk(site: str) -> str:
    """The line to a site's engine, beside the tenant's trunks: none of these has a name with a colon."""
    return f"site:{site}"


def trunks(configuration: Configuration, tenant: str) -> list[Trunk]:
    view = configuration.of(tenant)
    outside = [
        Trunk(
            trunk=item.id,
            host=(b := item.body).host,
            port=b.port,
            transport=b.transport,
            codecs=tuple(b.codecs),
            register=b.register_,
            username=b.username,
            secret=_opened(configuration, item.secret),
            addresses=tuple(b.addresses),
            trust_identity=b.trust_identity,
            caller_number=b.caller_number,
            number_format=b.number_format,
            country=b.country,
            early_media=b.early_media,
            session_timers=b.session_timers,
        )
        for item in view.trunks.values()
    ]
    between = [
        Trunk(
            trunk=site_trunk(item.id),
            host=item.body.host,
            port=item.body.port,
            transport=item.body.transport,
            secret=_opened(configuration, item.secret),
            addresses=tuple(item.body.addresses),
            site_of=tenant,
        )
        for item in view.sites.values()
        if item.body.host
    ]
    return outside + between


def phones(configuration: Configuration, tenant: str) -> list[Endpoint]:
    """SIP desk phones."""
    return [
        Endpoint(
            phone.username,
            _opened(configuration, phone.secret),
            "sip",
            f"agent:{phone.agent}",
            extension(configuration, tenant, phone.agent),
        )
        for phone in configuration.of(tenant).phones.values()
    ]


def extension(configuration: Configuration, tenant: str, agent: str) -> str:
    """By which other sites ring an agent's phones; empty for nobody's."""
    item = configuration.of(tenant).agents.get(agent)
    return f"{tenant}.{item.body.number}" if item is not None else ""


def way_to(configuration: Configuration, tenant: str, agent: str) -> tuple[str, str] | None:
    """(trunk, number) of an agent whose site has an engine of its own; None for all others."""
    view = configuration.of(tenant)
    item = view.agents.get(agent)
    site = view.sites.get(item.body.site) if item is not None else None
    if item is None or site is None or not site.body.host:
        return None
    return f"{tenant}.{site_trunk(site.id)}", item.body.number


def _opened(configuration: Configuration, sealed: str | None) -> str:
    return configuration.vault.open(sealed, "configuration.secret").decode() if sealed else ""
