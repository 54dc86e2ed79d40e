"""Which addresses a webhook may reach: the public Internet, and an installation's own networks where it says so.

A name is looked up once, all it stands for is judged, and what was judged is connected to. So a name that answers
differently the next time leads nowhere else.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from gradetape.webhooks.exceptions import NotAllowed, NotSent

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# Never reached, whatever the settings say: a cloud's own services and what is no single machine.
NEVER: tuple[Network, ...] = tuple(
    map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "100.100.100.200/32", "::/128", "fe80::/10",
                     "ff00::/8", "fd00:ec2::/32", "fec0::/10"))
)  # fmt: skip
# Ways to write an IPv4 address into one of IPv6, beside those that Python takes apart: gateways take them out again.
TRANSLATED: tuple[Network, ...] = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))
PORTS = {"http": 80, "https": 443}


def parsed(url: str) -> tuple[SplitResult, str, int]:
    """The address with its host and port. Raises NotAllowed, saying what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("This is no address.") from None
    if not url.isascii() or not url.isprintable() or " " in url:
        raise NotAllowed("Expected an address in ASCII without spaces; write other letters as %xx, or xn-- in a host.")
    if parts.scheme not in PORTS or not parts.hostname:
        raise NotAllowed("Expected an address that begins with https:// or http:// and a host.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("Expected an address without a user, a password and a fragment.")
    return parts, parts.hostname, port or PORTS[parts.scheme]


def looked_up(host: str, port: int) -> list[str]:
    """The IP addresses that a host stands for, in the system's order, when all of them may be reached.

    Raises NotSent for a host that is not found, NotAllowed when one of them may not be reached.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("the host is not found") from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not addresses or not all(may_reach(ip_address(address)) for address in addresses):
        raise NotAllowed("the host is not on the public Internet")
    return addresses


def may_reach(address: Address) -> bool:
    """Whether a webhook may go there."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return may_reach(address.ipv4_mapped)
        if _within(address, TRANSLATED):
            return False
    if _within(address, NEVER):
        return False
    is_public = address.is_global and not address.is_reserved and not address.is_private
    return is_public or bool(settings.WEBHOOKS_PRIVATE)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
