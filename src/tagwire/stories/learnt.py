"""What a source's own articles teach about it: the ends of its titles, titles that return, links that say nothing."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tagwire.model import Article, Known, Learnt, Outlet
from tagwire.stories.headline import headline
from tagwire.stories.links import canonical
from tagwire.stories.titles import names_of
from tagwire.text import folded, straight

VERSION = "1"
"""Of the rules below; what another version learnt is learnt anew."""
ENOUGH = 300
"""How many of a source's latest articles are worth looking at."""
_SHARE = 0.3
_REPEATED = 0.05
_TITLES = 5
_DAYS = 3
_NOTHING = Learnt(version=VERSION)
"""What most sources teach; ten thousand of them share it."""
_LAST_SEGMENT = re.compile(r"(?:\s+-{1,2}\s+|\s*[|_丨]\s*|\s+(?:::|·|>>)\s+)([^|_丨]{2,40})$")


def learn(source: str, articles: Iterable[Article | Known], outlet: Outlet | None = None) -> Learnt:
    """Learn of a source from its latest articles, one of a guid.

    Args:
        source: its name.
        articles: its latest ones, newest or oldest first; those of a reading that is about to be kept among them.
        outlet: what else is known of it.

    """
    seen = list({each.guid: each for each in articles}.values())
    suffixes = _suffixes([each.title for each in seen])
    names = names_of(source, replace(outlet or Outlet(), learnt=Learnt(suffixes=suffixes)))
    days: defaultdict[str, set[date]] = defaultdict(set)
    for each in seen:
        days[headline(each.title, names).text].add(each.day)
    links = Counter(link for each in seen if (link := canonical(each.link)) is not None)
    taught = Learnt(
        version=VERSION,
        suffixes=suffixes,
        recurring=frozenset(title for title, when in days.items() if len(when) >= _DAYS),
        links=frozenset(link for link, times in links.items() if times > max(1, _REPEATED * len(seen))),
    )
    return _NOTHING if taught == _NOTHING else taught


def _suffixes(titles: list[str]) -> frozenset[str]:
    """Give the last segments that many different titles share; a share of a handful proves nothing."""
    ends = Counter(
        folded(found[1])
        for title in dict.fromkeys(titles)
        if (found := _LAST_SEGMENT.search(straight(title))) is not None
    )
    least = max(_TITLES, _SHARE * len(titles))
    return frozenset(end for end, times in ends.items() if times >= least and not end.isdecimal())
