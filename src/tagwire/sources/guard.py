"""The guard: which network addresses a source may make us connect to.

A name is judged by what it resolves to, at the moment of connecting and again before each request, so that neither a
redirect nor a name that changes its mind leads into the operator's own network.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_PUBLIC_V6 = IPv6Network("2000::/3")
"""The only range of IPv6 that is given out for the public internet (IANA, IPv6 address space)."""

_REFUSED: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple(
    (IPv6Network(network) if ":" in network else IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "6to4"),
        ("3ffe::/16", "the former 6bone"),
        ("3fff::/20", "for documentation"),
    )
)
_RANGES = {
    version: [
        (int(network.network_address), int(network.broadcast_address), why)
        for network, why in _REFUSED
        if network.version == version
    ]
    for version in (4, 6)
}
"""As numbers, by version: each new address is compared with all of them."""


@lru_cache(maxsize=4096)
def refused(address: str) -> str | None:
    """Say why an IP address is not one of the public internet, or None if it is."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return "no IP address"
    number = int(ip)
    for first, last, why in _RANGES[ip.version]:
        if first <= number <= last:
            return why
    if isinstance(ip, IPv6Address) and ip not in _PUBLIC_V6:
        return "reserved"
    return None
