"""What the matcher knows of the sources: what their definitions say, and what their articles have taught."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from tagwire.model import Article, Known, Learnt, Outlet, Source
from tagwire.stories.learnt import VERSION, learn

_MANY = 5
"""So many new articles in one reading are worth a lesson at once."""
_ENOUGH = 20
"""And so many since the last one."""


class Outlets(Mapping[str, Outlet]):
    """The sources by name, as the matcher knows them; they learn as articles come."""

    def __init__(self, sources: Iterable[Source], learnt: Mapping[str, Learnt]) -> None:
        """Take the definitions, and what was learnt before, by the sources' addresses."""
        self._known = {source.name: _outlet(source, learnt.get(source.address, Learnt())) for source in sources}
        self._since: dict[str, int] = {}

    def __getitem__(self, name: str) -> Outlet:
        """Give what is known of a source."""
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._known)

    def __len__(self) -> int:
        """Count the sources."""
        return len(self._known)

    def wants_lesson(self, name: str, articles: Sequence[Article]) -> bool:
        """Tell whether a reading's articles are worth learning from before they are matched."""
        if name not in self._known or not articles:
            return False
        self._since[name] = self._since.get(name, 0) + len(articles)
        fresh = self._known[name].learnt.version != VERSION
        return fresh or len(articles) >= _MANY or self._since[name] >= _ENOUGH

    def has_taught(self, name: str) -> bool:
        """Tell whether a source taught something before; of one that is read for the first time nothing is stored."""
        return bool(self._known[name].learnt.version)

    def learn(self, name: str, articles: Iterable[Article | Known]) -> Learnt:
        """Learn of a source from its latest articles, those that are about to be kept among them."""
        taught = learn(name, articles, self._known[name])
        self._known[name] = replace(self._known[name], learnt=taught)
        self._since[name] = 0
        return taught

    @contextmanager
    def taken_back_on_error(self, names: Iterable[str]) -> Iterator[None]:
        """Forget what these sources teach inside if that ends with an exception: the store has not kept it then."""
        before = {name: (self._known[name], self._since.get(name, 0)) for name in names if name in self._known}
        try:
            yield
        except BaseException:
            for name, (known, since) in before.items():
                self._known[name], self._since[name] = known, since
            raise


def _outlet(source: Source, learnt: Learnt) -> Outlet:
    return Outlet(
        title=source.title,
        host=urlsplit(source.address).hostname or "",
        mode=source.matching,
        priority=source.priority,
        learnt=learnt,
    )
