"""A closer look at a site that is loaded: what takes too long, or is too uncertain, to be said at every start."""

from collections.abc import Iterator

from tagwire.definitions.document import Document
from tagwire.definitions.feeds import asked
from tagwire.definitions.site import Loaded, in_order
from tagwire.errors import Problem
from tagwire.tags.checks import check_examples, unknown_tags
from tagwire.tags.vocabulary import Vocabulary


def examined(loaded: Loaded) -> tuple[Problem, ...]:
    """Give every problem of a site by file and line: those of the loading, examples that fail, and unknown tags."""
    return in_order([*loaded.problems, *check_examples(loaded.site.rules), *_unknown_tags(loaded)])


def _unknown_tags(loaded: Loaded) -> Iterator[Problem]:
    """Warn of tags that a feed asks for and that neither the vocabulary nor the definition of any source knows."""
    site = loaded.site
    vocabulary = Vocabulary(site.rules)
    carried = [tag for source in site.sources for tag in source.tags]
    broken = {problem.file for problem in loaded.problems if not problem.warning}
    for feed in site.feeds:
        document = Document(feed.file, loaded.texts[feed.file], last_good=feed.file in broken)
        for where, tree in asked(document):
            for message in unknown_tags(tree, vocabulary, carried):
                what, _, near = message.partition("; ")
                right = f"{near} It is fine if a source gives it" if near else "it is fine if a source gives it"
                yield Problem(feed.file, document.line(where), what, right, warning=True)
