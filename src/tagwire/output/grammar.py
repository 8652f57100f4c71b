"""What the formats' grammars allow: addresses, ids, language tags and media types that every reader accepts.

What a source sends is kept as it came where it is right, mended where a browser would understand it, and left out
where nobody would.
"""

import re

import can_ada

from tagwire.text import xml_safe

# RFC 3987, section 2.2, without the bidirectional formatting characters that its section 4.1 forbids.
_UCSCHAR = (
    "\u00a0-\u200d\u2010-\u2029\u202f-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
    + "\U000e1000-\U000efffd"
)
_NAME = rf"A-Za-z0-9\-._~!$&'()*+,;={_UCSCHAR}"
_ESCAPE = "%[0-9A-Fa-f]{2}"
_WEB = re.compile(
    rf"[Hh][Tt][Tt][Pp][Ss]?://(?:(?:[{_NAME}:]|{_ESCAPE})*@)?"
    rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[{_NAME}]|{_ESCAPE})+)(?::[0-9]*)?"
    rf"(?:/(?:[{_NAME}:@/]|{_ESCAPE})*)?"
    rf"(?:\?(?:[{_NAME}:@/?]|{_ESCAPE})*)?"
    rf"(?:\#(?:[{_NAME}:@/?]|{_ESCAPE})*)?"
)
_ABSOLUTE = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:(?:[{_NAME}:@/?]|{_ESCAPE})+(?:\#(?:[{_NAME}:@/?]|{_ESCAPE})*)?")
_HTTP = re.compile("[Hh][Tt][Tt][Pp][Ss]?:")
_HEAD = re.compile(r"(?P<head>https?://[^/?#]*)(?P<path>[^?#]*)(?P<query>\??[^#]*)(?P<fragment>#?.*)", re.DOTALL)
_FORBIDDEN_IN_HOST = re.compile(rf"%(?![0-9A-Fa-f]{{2}})|[^{_NAME}:@%\[\]]")
_FORBIDDEN_ELSEWHERE = re.compile(rf"%(?![0-9A-Fa-f]{{2}})|[^{_NAME}:@/?%]")
_LANGUAGE = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]{0,126}/[A-Za-z0-9][\w!#$&^.+-]{0,126}", re.ASCII)


def web_address(url: str | None) -> str | None:
    """Give an http or https address that the grammar of IRIs (RFC 3987) allows, else None.

    One that it allows already is left alone; another is read as a browser reads it (WHATWG URL), and what is still
    forbidden is percent-encoded. What no browser can read is none.
    """
    if not url:
        return None
    if _WEB.fullmatch(url) and can_ada.can_parse(url):
        return url
    try:
        href = str(can_ada.parse(xml_safe(url)).href)
    except ValueError:
        return None
    parts = _HEAD.fullmatch(href)
    if not parts:
        return None
    scheme, _, host = parts["head"].partition("//")
    mended = f"{scheme}//{_FORBIDDEN_IN_HOST.sub(_percent, host)}" + "".join(
        part[:1] + _FORBIDDEN_ELSEWHERE.sub(_percent, part[1:])
        for part in (parts["path"], parts["query"], parts["fragment"])
    )
    return mended if _WEB.fullmatch(mended) else None


def uri(url: str | None) -> str | None:
    """Give a web address in ASCII (RFC 3986), as headers take it, else None; one that is in ASCII is left alone."""
    found = web_address(url)
    return found if found is None or found.isascii() else str(can_ada.parse(found).href)


def is_id(text: str) -> bool:
    """Tell whether `text` may be an ``atom:id``: an absolute IRI (RFC 4287, 4.2.6), no relative one, no bare word."""
    return web_address(text) == text if _HTTP.match(text) else bool(_ABSOLUTE.fullmatch(text))


def language_tag(text: str | None) -> str | None:
    """Give a language tag as ``xml:lang`` takes it (BCP 47), else None; ``zh_CN`` is meant as ``zh-CN``."""
    tag = (text or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def media_type(text: str) -> str:
    """Give a media type without its parameters (RFC 6838, 4.2), or nothing."""
    bare = text.partition(";")[0].strip()
    return bare if _MEDIA_TYPE.fullmatch(bare) else ""


def _percent(forbidden: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in forbidden[0].encode())
