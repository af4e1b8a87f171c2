"""Connections to addresses that somebody typed: nowhere inside, unless it was said that there it may be.

A name is looked up here, its addresses are judged, and the connection goes to the very address that was judged, so
that a name cannot lead elsewhere in between.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable

import httpcore


class Failed(Exception):
    """`code` says why, in a closed set of words: `timeout`, `name`, `inside`, `tls`, `connection`, `answer`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def trusting(authorities: str = "") -> ssl.SSLContext:
    """Those whom the machine trusts, and the `authorities` of a PEM file. Raises `OSError`."""
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(authorities)
    return context


def why(error: Exception) -> Failed:
    """What went wrong between us and them."""
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return Failed("timeout")
    if isinstance(error, httpcore.NetworkError | OSError):
        return Failed("tls" if _of_tls(error) else "connection")
    return Failed("answer")


AWAY = (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError,
        httpcore.UnsupportedProtocol, OSError)  # fmt: skip
"""What a connection may raise, beside `Failed`: for `why`."""


def _of_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


class Judged(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was judged. `inside`: addresses of private networks will do."""

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
