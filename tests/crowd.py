"""Every fault at once, and healthy sources beside them: what one source may cost the others is nothing.

Also what servers have against us, by their own logs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import faults
from misbehaving import Asked, Server, conditional, redirect, serving
from tagwire.sources.limits import Limits
from visiting import rss

HEALTHY_HOSTS = tuple(f"127.0.7.{number}" for number in range(1, 26))
_MORE = {f"/chain/{n}": redirect(f"/chain/{n + 1}", 302) for n in range(1, 9)} | {
    "/loop/1": redirect("/loop/2", 302),
    "/loop/2": redirect("/loop/1", 302),
}


@dataclass(frozen=True)
class Crowd:
    """Servers with every fault, and healthy ones beside them."""

    faults: dict[str, faults.Fault]
    faulty: dict[str, str]
    """The address of each fault: each has a host of its own, as some ask for patience for all of it."""
    healthy: list[str]
    bad: Server
    good: Server


@contextmanager
def serving_all(limits: Limits, now: datetime) -> Iterator[Crowd]:
    every = faults.every(limits, now)
    answers = {f"/{name.replace(' ', '%20')}": fault.answer for name, fault in every.items()}
    healthy = {f"/healthy/{number}": conditional(_story(number)) for number in range(4 * len(HEALTHY_HOSTS))}
    hosts = [f"127.0.8.{number}" for number in range(1, 1 + len(every))]
    with serving(answers | _MORE, hosts) as bad, serving(healthy, HEALTHY_HOSTS) as good:
        yield Crowd(
            faults=every,
            faulty={name: bad.url(f"/{name}", host) for name, host in zip(every, hosts, strict=True)},
            healthy=[good.url(path, host) for path, host in zip(healthy, HEALTHY_HOSTS * 4, strict=True)],
            bad=bad,
            good=good,
        )


def _story(number: int) -> bytes:
    about = {
        "title": f"Healthy story {number}",
        "guid": f"urn:healthy:{number}",
        "link": f"http://example.org/{number}",
    }
    return rss(about)


def impolite(server: Server, pause: float) -> list[str]:
    """Give what a server's log has against us: nothing."""
    said = []
    for host, asked in _by_host(server.asked).items():
        if server.busiest_of[host] > 2:
            said.append(f"{host} was asked {server.busiest_of[host]} things at once")
        took = asked[-1].at - asked[0].at
        if took < (len(asked) - 1) * pause * 0.8:  # over all of them: a log of a busy machine lags behind
            said.append(f"{host} was asked {len(asked)} times in {took:.2f} s")
    strange = [(each.path, sorted(each.headers.keys() - _OURS)) for each in server.asked]
    return said + [f"{path} was asked with {headers}" for path, headers in strange if headers]


_OURS = {"host", "user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since"}


def _by_host(asked: list[Asked]) -> dict[str, list[Asked]]:
    hosts: dict[str, list[Asked]] = {}
    for each in asked:
        hosts.setdefault(each.headers.get("host", ""), []).append(each)
    return hosts
