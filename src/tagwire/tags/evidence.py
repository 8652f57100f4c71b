"""What speaks for a tag: which of the words that were found count, and whether they are enough."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tagwire.model import TagRule
from tagwire.tags.lexicon import Entry, Hit, Role


@dataclass(slots=True)
class Evidence:
    """The words that count for one tag in one article, by field."""

    firm: dict[str, list[str]] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    context: tuple[str, str] | None = None
    """The first context word, and the field it stands in."""

    def add(self, where: str, entry: Entry) -> None:
        """Note a word that stands in a field."""
        if entry.role is Role.IS_CONTEXT:
            self.context = self.context or (entry.word, where)
        else:
            words = self.firm if entry.role is Role.EARNS else self.ambiguous
            words.setdefault(where, []).append(entry.word)

    def verdict(self, rule: TagRule) -> str:
        """Say why the tag is earned; nothing if it is not.

        Given tags, title and summary are enough at once, the text from `min_hits` on.
        """
        for where in ("tags", "title", "summary", "text"):
            firm, ambiguous = self.firm.get(where, []), self.ambiguous.get(where, []) if self.context else []
            least = rule.min_hits if where == "text" else 1
            if len(firm) + len(ambiguous) >= least and (where == "tags" or where in rule.fields):
                return self._reason(where, firm, ambiguous)
        return ""

    def _reason(self, where: str, firm: list[str], ambiguous: list[str]) -> str:
        reason = f"“{(firm or ambiguous)[0]}” in the {where}"
        if firm or self.context is None:
            return reason
        word, place = self.context
        return f"{reason}, with “{word}” in the {place}"


def counting(hits: list[Hit]) -> Iterable[Hit]:
    """Leave out what an excluded phrase of the same tag touches, then aliases that lie within longer ones."""
    blanked: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit[0].role is Role.EXCLUDES:
            blanked.setdefault(hit[0].tag, []).append(hit)
    if blanked:
        hits = [hit for hit in hits if not any(_touch(hit, other) for other in blanked.get(hit[0].tag, ()))]
    return _longest(hits) if len(hits) > 1 else hits


def weighed(hits: dict[str, list[Hit]]) -> dict[str, Evidence]:
    """Sort what was found in each field into evidence for each tag."""
    evidence: dict[str, Evidence] = {}
    for where, found in hits.items():
        for entry, _, _ in counting(found):
            evidence.setdefault(entry.tag, Evidence()).add(where, entry)
    return evidence


def _touch(hit: Hit, other: Hit) -> bool:
    return hit[1] < other[2] and other[1] < hit[2]


def _longest(hits: list[Hit]) -> Iterable[Hit]:
    """Leave out aliases that lie within a longer alias of whatever tag; context counts wherever it stands."""
    widest = (0, 0)
    for hit in sorted(hits, key=lambda hit: (hit[1], -hit[2])):
        entry, start, end = hit
        if entry.role is Role.IS_CONTEXT:
            yield hit
        elif end > widest[1] or (start, end) == widest:
            widest = (start, end)
            yield hit
