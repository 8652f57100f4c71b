"""What servers can do to us: for each fault the answer, and what must be seen of its source."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import chain, count, repeat

from misbehaving import (
    Answer,
    brotli_bomb,
    gzip_bomb,
    packed,
    page,
    redirect,
)
from tagwire.model import Outcome
from tagwire.sources.limits import Limits
from visiting import rss

GOOD = rss("One", "Two")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_FAILED = 5 * MINUTE, 5.5 * MINUTE
_REGULAR = 15 * MINUTE, DAY + 5 * MINUTE
_LONG = rss(*map(str, range(500)))
_MEBIBYTE = b"<item><description>" + b"word " * 209_700 + b"</description></item>"


@dataclass(frozen=True)
class Fault:
    """A fault, and what must be seen of the source that has it."""

    answer: Answer
    outcome: Outcome
    words: str = ""
    """In its error; empty: there is none."""
    wait: tuple[timedelta, timedelta] = _FAILED
    """Between which spans after the visit the next one lies."""
    stories: int = 0
    slow: bool = False
    """Whether it takes as long as the limits let it."""


# ---------------------------------------------------------------- answers that take long, or never end


def slowly(conversation):
    conversation.wait(10)
    conversation.close = True


def dripping_headers(conversation):
    conversation.drip(chain([b"HTTP/1.1 200 OK\r\n"], (b"X-%d: y\r\n" % i for i in count())), 0.2)


def dripping(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    conversation.drip(repeat(b"<"), 0.2)


def endless(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>")
    conversation.drip(repeat(b"<item/>" * 10_000), 0)


def endless_headers(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\n")
    conversation.drip((b"X-%d: %s\r\n" % (i, b"x" * 100) for i in count()), 0)


def endless_interim_answers(conversation):
    conversation.drip(repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50), 0)


def packed_nothing(conversation):
    """Send a gzip stream that goes on without ever unpacking to anything: only what is sent tells how much that is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    begin = packer.compress(b"<rss>") + packer.flush(zlib.Z_SYNC_FLUSH)
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/xml\r\n\r\n" + begin)
    conversation.drip(repeat(b"\0\0\0\xff\xff" * 10_000), 0)


def fifty_megabytes(conversation):
    """Send a feed of 50 MB that is well in every other way, without saying beforehand how long it is."""
    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss version='2.0'><channel>")
    conversation.drip(chain(repeat(_MEBIBYTE, 48), [b"</channel></rss>"]), 0)


# ---------------------------------------------------------------- answers that break off, or are none


def broken_off(conversation):
    conversation.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + GOOD[:200])
    conversation.reset()


def ended_by_closing(body: bytes) -> Answer:
    """Name no length: the end of the connection is the end of the document, or where it broke off."""

    def answer(conversation):
        conversation.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + body)
        conversation.close = True

    return answer


def silent(conversation):
    conversation.close = True


def not_http(conversation):
    conversation.send(b"220 mail.example.org ESMTP ready\r\n")
    conversation.close = True


def without_status_line(conversation):
    conversation.send(GOOD)
    conversation.close = True


# ---------------------------------------------------------------- documents


def entity_bomb() -> bytes:
    """Give ten million times a long word, so that few pieces of text are told before the parser breaks off."""
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 8))
    document = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "{"lol" * 300}">{entities}]>'
    return f'{document}<rss version="2.0"><channel><item><title>&e7;</title></item></channel></rss>'.encode()


def many_entries(number: int = 100_000) -> bytes:
    entries = b"".join(b"<item><guid>%d</guid></item>" % i for i in range(number))
    return b'<rss version="2.0"><channel>' + entries + b"</channel></rss>"


_EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "%s">]>'
    b'<rss version="2.0"><channel><item><title>see &x;</title></item></channel></rss>'
)
_SAYS_NOTHING = b'<rss version="2.0"><channel><item><description>%s</description></item></channel></rss>'


def deep(levels: int) -> Answer:
    return page(rss({"title": "Deep", "guid": "1", "description": "<div>" * levels + "x"}))


def well(answer: Answer, stories: int = 1) -> Fault:
    """Give what is odd and read all the same."""
    return Fault(answer, Outcome.NEW, wait=_REGULAR, stories=stories)


def failed(answer: Answer, words: str, *, slow: bool = False) -> Fault:
    return Fault(answer, Outcome.FAILED, words, slow=slow)


def held(answer: Answer, words: str, wait: timedelta) -> Fault:
    return Fault(answer, Outcome.HELD, words, (wait - MINUTE, wait + MINUTE))


def every(limits: Limits, now: datetime) -> dict[str, Fault]:
    """Give every fault by its name; what must be seen depends on the limits and on the time."""
    too_large = f"the document is larger than {limits.body_bytes:,} bytes"
    too_large_to_send = f"the document is larger than {limits.wire_bytes:,} bytes"
    headers_too_large = f"the answer's headers are larger than {limits.header_bytes:,} bytes"
    later = format_datetime(now + timedelta(hours=3), usegmt=True)
    return {
        # time
        "slow headers": failed(slowly, f"the server sent nothing for {limits.stall:g} s", slow=True),
        "dripping headers": failed(dripping_headers, f"no whole answer within {limits.deadline:g} s", slow=True),
        "dripping body": failed(dripping, f"no whole answer within {limits.deadline:g} s", slow=True),
        # size
        "endless body": failed(endless, too_large),
        "50 MB document": failed(fifty_megabytes, too_large),
        "50 MB document that says so": failed(page(GOOD, length=50_000_000), too_large_to_send),
        "length claimed beyond all limits": failed(page(GOOD, length=10**12), too_large_to_send),
        "endless body that unpacks to nothing": failed(packed_nothing, too_large_to_send),
        "endless headers": failed(endless_headers, headers_too_large),
        "endless interim answers": failed(endless_interim_answers, headers_too_large),
        "gzip bomb": failed(page(gzip_bomb(), headers={"Content-Encoding": "gzip"}), too_large),
        "brotli bomb": failed(page(brotli_bomb(), headers={"Content-Encoding": "br"}), too_large),
        # an answer that is not whole
        "length claimed too large": failed(page(GOOD, length=9_999), "the answer broke off before its end"),
        "a negative length": failed(page(GOOD, length=-1), "the answer is not HTTP"),
        "reset half-way": failed(broken_off, "broke off"),
        "half of a document without a length": failed(
            ended_by_closing(GOOD[: GOOD.index(b"</item>") + 12]), "broke off before its end"
        ),
        "truncated brotli": failed(packed(_LONG, "br", cut=800), "broke off before its end"),
        "truncated gzip": failed(packed(_LONG, cut=2_000), "broke off before its end"),
        "silence": failed(silent, "the server closed the connection without an answer"),
        "not HTTP": failed(not_http, "the answer is not HTTP"),
        "no status line": failed(without_status_line, "the answer is not HTTP"),
        "gzip that is none": failed(page(GOOD, headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
        "unknown packing": failed(page(GOOD, headers={"Content-Encoding": "zebra"}), "cannot be unpacked"),
        # redirects
        "redirect without a place": failed(page(status="302 Found"), "302 Found, which does not say where to"),
        "redirect to a file": failed(
            redirect("file:///etc/passwd"), "it redirects to file:///etc/passwd, which is neither http nor https"
        ),
        "redirect to nonsense": failed(redirect("http://[::1"), "it redirects to http://[::1, which is"),
        "redirect to itself": failed(redirect("/redirect to itself"), "round in a circle"),
        "redirect loop": failed(redirect("/loop/1"), "round in a circle"),
        "redirect chain": failed(redirect("/chain/1"), "it redirects more than 5 times"),
        "redirect to a private address": failed(
            redirect("http://169.254.169.254/latest/meta-data/"), "(link-local, where clouds keep their metadata)"
        ),
        # statuses
        "401": failed(page(status="401 Unauthorized"), "401 Unauthorized; the source's definition can name a"),
        "403": failed(page(status="403 Nope"), "403 Forbidden"),
        "404": failed(page(b"<html>" * 100_000, status="404 Not Found"), "404 Not Found"),
        "410": Fault(page(status="410 Gone"), Outcome.GONE, "410 Gone", (30 * DAY - MINUTE, 30 * DAY + MINUTE)),
        "429 for seconds": held(
            page(status="429 Slow down", headers={"Retry-After": "7200"}), "429 Too Many Requests", timedelta(hours=2)
        ),
        "429 for nonsense": failed(page(status="429 x", headers={"Retry-After": "-5"}), "429 Too Many Requests"),
        "500": failed(page(status="500 Internal Server Error"), "500 Internal Server Error"),
        "503 until a date": held(
            page(status="503 x", headers={"Retry-After": later}), "503 Service Unavailable", timedelta(hours=3)
        ),
        "503 for ever": held(
            page(status="503 x", headers={"Retry-After": "999999999"}), "503 Service Unavailable", timedelta(days=7)
        ),
        "503 until it works": failed(page(status="503 x"), "503 Service Unavailable"),
        "a status of its own": failed(page(status="299 Fine"), "status 299"),
        "204": failed(page(status="204 No Content", length=None), "204 No Content"),
        "304 unasked": failed(page(status="304 Not Modified"), "304 Not Modified, though no condition was sent"),
        # what is no feed
        "empty": failed(page(b""), "the document is empty"),
        "blank": failed(page(b" \n\0 "), "the document is empty"),
        "a web page": failed(
            page(b'<!DOCTYPE html><head><link rel=alternate type="application/rss+xml" href="/f.xml"></head>'),
            "this is a web page; its feed is http://127.0.8.",
        ),
        "garbage": failed(page(bytes(range(256)) * 50), "this is not a feed"),
        "JSON that is no feed": failed(page(b'{"version": 1}'), "this is JSON, but no JSON Feed"),
        "broken JSON": failed(page(b'{"version": '), "this is no JSON Feed: its JSON cannot be read"),
        "broken off document": failed(page(b"<?xml version='1.0'?><rss version='2.0'><chan"), "cannot be read"),
        "the path of a local file": failed(page(__file__.encode()), "this is not a feed"),
        "the path of an endless file": failed(page(b"/dev/zero"), "this is not a feed"),
        "the address of a feed": failed(page(b"http://127.0.0.1:1/feed.xml"), "this is not a feed"),
        # what hurts a parser
        "an author of 200 KB": failed(
            page(rss({"title": "T", "guid": "1", "author": "a" * 200_000})),
            f"the document took longer than {limits.parse_deadline:g} s to parse",
            slow=True,
        ),
        "external entity": well(page(_EXTERNAL % b"file:///etc/passwd")),
        "external entity on the web": well(page(_EXTERNAL % b"http://127.0.0.1:1/secret")),
        "entity bomb": well(page(entity_bomb())),
        "deep nesting": well(deep(5_000)),
        "absurd nesting": well(deep(100_000)),
        # what is odd and read all the same
        "gzip": well(packed(GOOD), 2),
        "brotli": well(packed(GOOD, "br"), 2),
        "a whole document without a length": well(ended_by_closing(GOOD), 2),
        "bad XML declaration": well(
            page(b'<?xml version="1.0" encoding="bogus\xff\xfe"?>' + GOOD.partition(b"?>")[2]), 2
        ),
        "unknown encoding": well(page(b'<?xml version="1.0" encoding="bogus"?>' + GOOD.partition(b"?>")[2]), 2),
        "wrong charset": well(page(rss("上海"), kind="text/xml; charset=iso-8859-1")),
        "UTF-16": well(page(rss("上海", head='<?xml version="1.0" encoding="utf-16"?>').decode().encode("utf-16"))),
        "byte order mark": well(page(b"\xef\xbb\xbf" + rss("上海"))),
        "control characters": well(page(rss("On\x01e\x0b").replace(b"One", b"One&#8;"))),
        "no id, date or title": well(page(_SAYS_NOTHING % b"Only words")),
        "nothing but an id": well(page(rss({"guid": "urn:only"}))),
    }
