"""What each file may hold: one model for each, from which every check and every message comes."""

from dataclasses import MISSING, fields
from dataclasses import Field as Option
from typing import Annotated, Any, Literal, Self, TypeVar, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, create_model, model_validator

from tagwire.definitions.document import Document
from tagwire.definitions.explain import explain
from tagwire.definitions.values import (
    Alias,
    BaseUrl,
    Contact,
    Cron,
    Database,
    Every,
    Fields,
    Formats,
    FormerNames,
    Language,
    Proxy,
    SomeTags,
    Tables,
    TagHeading,
    TagName,
    Tags,
    Text,
    TimeZone,
    WebAddress,
    wrong,
)
from tagwire.model import Face, Feed, TagFeeds

_FACE, _FEED, _TAG_FEEDS = Face(), Feed(name="", title=""), TagFeeds()


class Table(BaseModel):
    """Any table: exact types, and no options but its own."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ExampleTable(Table):
    """``[[tags."NAME".examples]]``: a piece of text, and whether it should earn the tag."""

    title: Text = ""
    summary: Text = ""
    text: Text = ""
    expect: bool = Field(examples=[True])

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if not (self.title or self.summary or self.text):
            wrong("has nothing to look for words in", "give it a title, a summary or a text")
        return self


class TagTable(Table):
    """``[tags."NAME"]``: the words that earn a tag."""

    aliases: list[Alias] = Field(default=[], examples=[["SAIC Motor", "上汽"]])
    ambiguous: list[Alias] = Field(default=[], examples=[["SAIC"]])
    context: list[Alias] = Field(default=[], examples=[["car", "automaker", "汽车"]])
    exclude: list[Alias] = Field(default=[], examples=[["Science Applications International", "坐上汽车"]])
    broader: list[TagName] = Field(default=[], examples=[["Automotive"]])
    fields: Fields = ["title", "summary", "text"]
    min_hits: int = Field(default=1, ge=1, examples=[2])
    examples: Annotated[list[ExampleTable], Tables] = []


class Vocabulary(Table):
    """The ``[tags]`` tables of a file."""

    tags: dict[TagHeading, TagTable] = {}


class TagFeedsTable(Table):
    """``[tag_feeds]``: a feed for each tag."""

    enabled: bool = _TAG_FEEDS.enabled
    least: int = Field(default=_TAG_FEEDS.least, ge=1, examples=[3])


class SiteTable(Vocabulary):
    """``tagwire.toml``."""

    title: Text = _FACE.title
    base_url: BaseUrl = _FACE.base_url
    author: Text = _FACE.author
    language: Language | None = _FACE.language
    timezone: TimeZone = "UTC"
    database: Database = ""
    contact: Contact = ""
    proxy: Proxy = ""
    matching: Literal["strict", "normal", "off"] = "normal"
    hub: WebAddress = _FACE.hub
    tag_feeds: TagFeedsTable = TagFeedsTable()


class FeedTable(Table):
    """``feeds/NAME.toml``, without the vocabulary that may stand in it."""

    title: Text = ""
    subtitle: Text = _FEED.subtitle
    tags: SomeTags = []
    filter: str | None = Field(default=None, examples=["tag:CIIE and not tag:rumour"])
    limit: int = Field(default=_FEED.limit, ge=1, le=1000, examples=[50])
    language: Language | None = _FEED.language
    author: Text = _FEED.author
    rights: Text = _FEED.rights
    image: WebAddress = _FEED.image
    content: Literal["full", "summary"] = "full"
    formats: Formats = ["atom", "rss", "json"]
    retain: int | None = Field(default=_FEED.retain, ge=0, examples=[1000])
    was: FormerNames = []
    private: bool = _FEED.private


class SourceTable(Table):
    """``sources/NAME.toml``, without the options of its kind."""

    kind: str = Field(default="web", examples=["web"])
    title: Text = ""
    tags: Tags = []
    language: Language | None = None
    timezone: TimeZone | None = None
    every: Every = None
    cron: Cron | None = None
    priority: int = Field(default=0, ge=-100, le=100, examples=[10])
    matching: Literal["strict", "normal", "off"] = "normal"


AnyTable = TypeVar("AnyTable", bound=Table)


def with_options(kind: str, options: type[Any]) -> type[SourceTable]:
    """Give the model of a kind's sources: the options of every source, and the fields of its own dataclass."""
    hints = get_type_hints(options, include_extras=True)
    own: dict[str, Any] = {
        each.name: (_as_written(hints[each.name]), _default(each)) for each in fields(options) if each.init
    }
    return create_model(f"{kind.title()}Source", __base__=SourceTable, **own)


def checked(document: Document, table: dict[str, Any], model: type[AnyTable]) -> AnyTable | None:
    """Give the values of a table; None if one is wrong, and every one that is becomes a problem."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        explain(error, model, document)
        return None


def _as_written(hint: Any) -> Any:
    """TOML has lists and no tuples."""
    return Annotated[hint, Strict(strict=False)] if get_origin(hint) is tuple else hint


def _default(option: Option[Any]) -> Any:
    if option.default is not MISSING:
        return option.default
    return ... if option.default_factory is MISSING else Field(default_factory=option.default_factory)
