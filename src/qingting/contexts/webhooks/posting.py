"""One POST to an address that somebody typed: nowhere inside, no redirects, bounded in time and size.

The name is looked up here, its addresses are judged, and the connection goes to the very address that was judged, so
that a name cannot lead elsewhere in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT_S = 15.0
HEAD_MOST = 16 * 1024
"""Bytes of an answer that are looked at; its body is nobody's business."""


class Failed(Exception):
    """`code` says why, in a closed set of words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def post(url: str, headers: Mapping[str, str], content: bytes, *, inside: bool = False) -> int:
    """The status of the answer. `inside`: addresses of private networks will do. Raises `Failed`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            address = await _address(host, port, inside)
            secure = ssl.create_default_context() if parts.scheme == "https" else None
            reader, writer = await asyncio.open_connection(
                address, port, ssl=secure, server_hostname=host if secure else None, limit=HEAD_MOST
            )
            try:
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(content)}"]
                lines += [f"{name}: {value}" for name, value in headers.items()]
                writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii") + content)
                await writer.drain()
                return await _status(reader)
            finally:
                writer.close()
                with contextlib.suppress(OSError, ssl.SSLError):
                    await writer.wait_closed()
    except TimeoutError as error:
        raise Failed("timeout") from error
    except ssl.SSLError as error:
        raise Failed("tls") from error
    except (ConnectionError, OSError, asyncio.IncompleteReadError) as error:
        raise Failed("connection") from error
    except (ValueError, asyncio.LimitOverrunError) as error:
        raise Failed("answer") from error


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


async def _status(reader: asyncio.StreamReader) -> int:
    while True:
        version, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
        status = int(rest[:3]) if version.startswith("HTTP/1.") else 0
        if not 100 <= status < 600:
            raise ValueError("no answer of HTTP")
        if status >= 200:
            return status
        while (await reader.readline()).strip():
            pass  # the head of an interim answer
