"""Which addresses may be asked: public ones, on the ports of the web.

Judged at the socket, so that no name, redirect or second answer of a name server leads anywhere else.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

PORTS: Final = frozenset({80, 443})

# Addresses that look public and lead elsewhere: translated and tunnelled IPv4, relays, segment routing.
ELSEWHERE: Final = tuple(
    map(
        ip_network,
        (
            "192.88.99.0/24",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2001::/23",
            "2002::/16",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
        ),
    )
)
GLOBAL_UNICAST: Final = ip_network("2000::/3")

Allowed = Callable[[str, int], bool]
"""Whether this address and port may be asked."""


class Forbidden(OSError):
    """An address that must not be asked."""


def public(address: str, port: int) -> bool:
    """Whether *address* is one of the public internet, and *port* one of the web."""
    try:
        place = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return port in PORTS and _global(place)


def guarded(allowed: Allowed) -> Callable[[Any], socket.socket]:
    """What makes the sockets of a connector, only to *allowed* addresses."""

    def opened(found: Any) -> socket.socket:  # noqa: ANN401  # what getaddrinfo gives
        family, kind, protocol, _, place = found
        if not allowed(str(place[0]), int(place[1])):
            raise Forbidden(f"{place[0]} port {place[1]} is no public address of the web")
        return socket.socket(family, kind, protocol)

    return opened


def _global(place: IPv4Address | IPv6Address) -> bool:
    if isinstance(place, IPv6Address) and place.ipv4_mapped:
        return _global(place.ipv4_mapped)
    if isinstance(place, IPv6Address) and place not in GLOBAL_UNICAST:
        return False
    inside = any(place in network for network in ELSEWHERE if network.version == place.version)
    return place.is_global and not (place.is_multicast or place.is_reserved or inside)
