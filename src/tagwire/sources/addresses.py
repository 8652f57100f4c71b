"""Web addresses in one canonical form (WHATWG URL), and what is asked of them."""

from dataclasses import dataclass
from urllib.parse import urljoin

import can_ada

_PORTS = {"http:": 80, "https:": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address, taken apart."""

    href: str
    """Canonical, without fragment and credentials."""
    host: str
    """As it is asked of the resolver; an IPv6 address without its brackets."""
    port: int
    secure: bool
    had_credentials: bool = False

    @property
    def origin(self) -> tuple[bool, str, int]:
        """What may see one another's credentials (RFC 6454)."""
        return self.secure, self.host, self.port


def parse(url: str, base: str = "") -> Address:
    """Take an address apart, made absolute against `base`.

    Raises:
        ValueError: it is no address, or neither http nor https.

    """
    try:
        parts = can_ada.parse(urljoin(base, url.strip()) if base else url.strip())
    except (TypeError, ValueError) as error:  # can_ada takes no lone surrogates
        raise ValueError("not an address") from error
    if parts.protocol not in _PORTS:
        raise ValueError("neither http nor https")
    had_credentials = bool(parts.username or parts.password)
    if had_credentials or "#" in parts.href:  # each of these writes the address anew
        parts.username = parts.password = parts.hash = ""
    if parts.hostname.endswith(".") and (bare := parts.hostname.rstrip(".")):
        parts.hostname = bare  # the same host, and many servers know it by this name alone
    return Address(
        href=parts.href,
        host=parts.hostname.strip("[]"),
        port=int(parts.port or _PORTS[parts.protocol]),
        secure=parts.protocol == "https:",
        had_credentials=had_credentials,
    )
