"""Under what names and addresses this machine can be reached."""

from __future__ import annotations

import ipaddress
import socket
import struct
from pathlib import Path

_SIOCGIFADDR = 0x8915


def host_names() -> list[str]:
    names = [socket.gethostname(), socket.getfqdn()]
    return [name for name in dict.fromkeys(names) if name and _is_host_name(name)]


def own_addresses() -> list[str]:
    """Of all interfaces that are up, loopback included; IPv6 ones without a zone (link-local is left out)."""
    found = ["127.0.0.1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            address = _ipv4_of(probe, name)
            if address:
                found.append(address)
    table = Path("/proc/net/if_inet6")
    if table.exists():
        for row in table.read_text().splitlines():
            address6 = ipaddress.IPv6Address(bytes.fromhex(row.split()[0]))
            if not address6.is_link_local:
                found.append(str(address6))
    return list(dict.fromkeys(found))


def _ipv4_of(probe: socket.socket, interface: str) -> str:
    import fcntl

    try:
        answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
    except OSError:
        return ""
    return socket.inet_ntoa(answer[20:24])


def _is_host_name(name: str) -> bool:
    labels = name.rstrip(".").split(".")
    return len(name) <= 253 and all(
        0 < len(label) <= 63 and label.isascii() and label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    )


def resolved(name: str) -> str:
    """A host's first address, or an address as it is; empty when there is none. May wait for a name server."""
    try:
        return str(socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)[0][4][0])
    except (OSError, UnicodeError):
        return ""
