"""One POST to an address that somebody typed: nowhere inside, no redirects, bounded in time and size.

The name is looked up here, its addresses are judged, and the connection goes to the very address that was judged, so
that a name cannot lead elsewhere in between.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping

import httpcore

TIMEOUT_S = 15.0


class Failed(Exception):
    """`code` says why, in a closed set of words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def trusting(authorities: str = "") -> ssl.SSLContext:
    """Those whom the machine trusts, and the `authorities` of a PEM file. Raises `OSError`."""
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(authorities)
    return context


async def post(
    url: str, headers: Mapping[str, str], content: bytes, trust: ssl.SSLContext, *, inside: bool = False
) -> int:
    """The status of the answer; its body is nobody's business. `inside`: addresses of private networks will do.

    Raises `Failed`.
    """
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            httpcore.AsyncConnectionPool(ssl_context=trust, network_backend=_Judged(inside)) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=content) as answer,
        ):
            return int(answer.status)
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise Failed("timeout") from error
    except (httpcore.NetworkError, OSError) as error:
        raise Failed("tls" if _of_tls(error) else "connection") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Failed("answer") from error


def _of_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


class _Judged(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was judged."""

    def __init__(self, inside: bool) -> None:
        self._inside, self._network = inside, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  as the library names it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await _address(host, port, self._inside)
        return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _address(host: str, port: int, inside: bool) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed("name") from error
    addresses = [str(each[4][0]) for each in found]
    if not inside and not all(is_outside(address) for address in addresses):
        raise Failed("inside")
    return addresses[0]


def is_outside(address: str) -> bool:
    """Of the Internet: not this machine, no private network, no multicast, none that hides one of these."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        hidden = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if hidden is None and ip in _NAT64:
            hidden = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if hidden is not None:
            return is_outside(str(hidden))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
