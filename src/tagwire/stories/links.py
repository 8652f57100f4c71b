"""Which links lead to the same page, whatever campaign, device or mirror they name."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_TRACKING = re.compile(
    r"""(?:utm|mtm|pk|piwik|hsa|at|stm|guce|oly|vero|share)_.*|_hs(?:enc|mi)|__s|mc_[ce]id|mkt_tok|_ga|_gl|__twitter_impression
    |fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|wbraid|gbraid|_openstat|spm|scm|ocid|ncid|icid|ito
    |ref|referrer|referer|ref_src|ref_url|refsrc|rss|feedtype|smid|smtyp|sr_share|soc_src|soc_trk|xtor|cmp|cmpid|cid_source
    |amp|outputtype|guccounter|isappinstalled|traffic_source|ns_(?:mchannel|source|campaign|linkname|fee)|wt\.mc_id|taid
    |from_source|enterid|clicktime|phpsessid|jsessionid""",
    re.IGNORECASE | re.VERBOSE,
)
"""Parameters that tell where a reader came from, not which page it is."""
_MIRRORS = re.compile(r"^(?:www\d?|m|mobile|wap|amp|3g)\.(?=[^.]+\.[^.])")
_AMP = re.compile(r"(?:/amp(?:\.html?)?|\.amp(?:\.html?)?|/amphtml)/?$", re.IGNORECASE)
_CACHE = re.compile(r"^/(?:c|v|i)/(?:s/)?(?=[^/]+\.[^/]+/)|^/amp/(?:s/)?(?=[^/]+\.[^/]+/)")
_BYTES = "surrogateescape"
"""Escaped bytes that are not UTF-8 (GBK, Latin-1) stay the bytes they are."""
_SAFE = "/:@!$&'()*+,;=~-._"
_UNQUOTED = re.compile(f"[A-Za-z0-9{re.escape(_SAFE)}]*")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def canonical(link: str | None) -> str | None:
    """Give the form in which links compare, or None for one that names no page of its own (none, or a bare host).

    The scheme, ``www.`` and mobile hosts, the fragment, tracking parameters, AMP forms and a trailing slash are
    folded; the other parameters stay, sorted. A fragment that is a path (``#!/a``, ``#/a``) stays too.
    """
    if not link:
        return None
    try:
        parts = urlsplit(link.strip())
        port = parts.port
    except ValueError:
        return None
    host, path = (parts.hostname or "").rstrip("."), parts.path
    if host.endswith(".cdn.ampproject.org") or (host.startswith("www.google.") and path.startswith("/amp/")):
        host, _, rest = _CACHE.sub("", path).partition("/")
        path = f"/{rest}"
    host = _MIRRORS.sub("", host)
    if not _UNQUOTED.fullmatch(path):
        path = quote(unquote(path, errors=_BYTES), safe=_SAFE, errors=_BYTES)
    path = _INDEX.sub("/", _AMP.sub("", re.sub(r"^/amp(?=/.)", "", path)))
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors=_BYTES) if parts.query else []
    query = sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0]))
    route = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    if not host or not (path.strip("/") or query or route):
        return None
    if port and port not in {80, 443}:
        host = f"{host}:{port}"
    page = f"{host}{path.rstrip('/')}"
    return page + (f"?{urlencode(query, errors=_BYTES)}" if query else "") + (f"#{route}" if route else "")
