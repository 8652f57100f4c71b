"""Filter tree -> one SQL condition over `stories`; one tree, one meaning."""

from sqlalchemy import ColumnElement, and_, not_, or_, select, true

from tagwire.model import And, Everything, Filter, HasTag, Not, Or, tag_key
from tagwire.store.schema import stories, story_tags


def condition(chosen: Filter) -> ColumnElement[bool]:
    """Give the SQL condition that holds for the stories that a filter chooses."""
    match chosen:
        case Everything():
            return true()
        case HasTag(tag):
            # Not correlated: the tag's own list is walked once, however many stories are asked about.
            return stories.c.id.in_(select(story_tags.c.story).where(story_tags.c.key == tag_key(tag)))
        case Not(part):
            return not_(condition(part))
        case And(parts):
            return and_(true(), *map(condition, parts))
        case Or(parts):
            return or_(*map(condition, parts))
