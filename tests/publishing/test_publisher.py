"""Publishing: only what is behind is written, whatever happens in between, and output/ is always whole."""

from dataclasses import replace

import pytest

import publishing_sites
from examples import NOON, RULES, article, source
from publishing_sites import numbered
from tagwire.model import Feed, HasTag, TagFeeds
from tagwire.publishing.feeds import Feeds
from tagwire.store.visits import Defined
from tagwire.stories.match import Matcher

CARS = Feed(name="cars", title="Cars", filter=HasTag("Cars"))
SHIPS = Feed(name="ships", title="Ships", filter=HasTag("Ships"), formats=("atom", "json"))


@pytest.fixture
def site(tmp_path):
    made = publishing_sites.make(tmp_path, CARS, SHIPS)
    with made.store:
        yield made


def test_a_feed_is_published_in_its_formats_and_as_a_page(site):
    site.keep(*numbered(1), tags=("Cars",))
    site.publish()
    assert set(site.files()) == {
        "cars.atom", "cars.rss", "cars.json", "cars.html", "ships.atom", "ships.json", "ships.html",
        "index.html", "tags/index.html", "style.css", "script.js", "feeds.opml",
    }  # fmt: skip


def test_only_the_feed_that_a_story_touches_is_written(site):
    assert site.publish() == ["cars", "ships"]
    site.keep(*numbered(1), tags=("Cars",))
    before = site.files()
    assert site.publish() == ["cars"]
    after = site.files()
    changed = {path for path in after if before.get(path) != after[path]}
    assert changed == {"cars.atom", "cars.rss", "cars.json", "cars.html", "index.html"}


def test_publishing_again_writes_nothing(site):
    site.keep(*numbered(1, 2), tags=("Cars",))
    site.publish()
    before = site.files()
    assert site.publish() == []
    assert site.files() == before


def test_every_other_story_is_asked_for_its_fragment_and_not_rendered_again(site, monkeypatch):
    site.keep(*numbered(*range(5)), tags=("Cars", "Ships"))
    site.publish()
    rendered = []
    from tagwire.output.atom import Atom

    fragment = Atom.fragment
    monkeypatch.setattr(Atom, "fragment", lambda self, entry: rendered.append(entry.title) or fragment(self, entry))
    (new,) = numbered(7)
    site.keep(new, tags=("Cars", "Ships"))
    site.publish()
    assert rendered == [new.title]
    assert len(site.titles("cars.atom")) == len(site.titles("ships.atom")) == 6


def test_an_edited_story_is_rendered_anew_in_every_feed_that_holds_it(site):
    (story,) = numbered(1)
    site.keep(story, tags=("Cars", "Ships"))
    site.publish()
    site.keep(replace(story, title="A better title", digest="1:better"), tags=("Cars", "Ships"))
    assert site.publish() == ["cars", "ships"]
    assert site.titles("cars.atom") == site.titles("ships.atom") == ["A better title"]


def test_a_new_copy_is_told(site):
    site.keep(article("The crane fell into the harbour", summary="x"), tags=("Cars",))
    site.publish()
    site.keep(article("The crane fell into the harbour", guid="2", link="https://b.example/2"), tags=("Cars",),
              of=source("car-times"))  # fmt: skip
    assert site.publish() == ["cars"]
    assert b"https://b.example/2" in site.files()["cars.atom"]


def test_a_story_that_lost_its_tag_leaves(site):
    (story,) = numbered(1)
    site.keep(story, tags=("Cars",))
    site.publish()
    site.keep(replace(story, title="Edited", digest="1:x"), tags=("Ships",))
    assert site.publish() == ["cars", "ships"]
    assert site.titles("cars.atom") == []
    assert site.titles("ships.atom") == ["Edited"]


def test_a_changed_definition_is_written(site):
    site.publish()
    site.feeds = [replace(CARS, title="All about cars"), SHIPS]
    assert site.publish() == ["cars"]
    site.feeds = [replace(CARS, title="All about cars", formats=("atom",)), SHIPS]
    site.publish()
    assert {path for path in site.files() if path.startswith("cars")} == {"cars.atom", "cars.html"}


def test_another_address_is_written_everywhere(site):
    site.keep(*numbered(1, link=None), tags=("Cars",))
    site.publish()
    site.face = replace(site.face, base_url="https://elsewhere.example/")
    site.publish()
    assert not any(b"feeds.example.org" in data for data in site.files().values())


def test_files_that_somebody_removed_come_back(site):
    site.keep(*numbered(1, link=None), tags=("Cars",))
    site.publish()
    before = site.files()
    for path in before:
        (site.root / "output" / path).unlink()
    site.publish()
    assert site.files() == before


def test_a_feed_without_definition_goes_and_comes_back(site):
    site.keep(*numbered(1), tags=("Cars",))
    site.publish()
    before = site.files()
    site.feeds = [SHIPS]
    site.publish()
    assert not any(path.startswith("cars") for path in site.files())
    site.feeds = [CARS, SHIPS]
    site.publish()
    assert site.files() == before


def test_a_crash_before_the_files_are_written_loses_nothing(site, monkeypatch):
    site.publish()
    site.keep(*numbered(1), tags=("Cars",))
    with monkeypatch.context() as patched:
        patched.setattr(Feeds, "_write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            site.publish()
    assert site.publish() == ["cars"]


def test_a_source_with_another_name_is_told_in_its_stories(site):
    site.keep(*numbered(1), tags=("Cars",))
    site.publish()
    renamed = replace(source(), title="The Daily")
    site.store.adopt([Defined(renamed, "1"), Defined(source("car-times"), "1")], RULES, "news.example", NOON)
    assert site.publish() == ["cars"]
    assert b"The Daily" in site.files()["cars.atom"]


def test_a_withdrawn_story_is_told_as_withdrawn(site):
    site.keep(*numbered(1, 2), tags=("Cars",))
    site.publish()
    gone = next(site.store.stories())
    site.store.withdraw(gone.id, site.now)
    assert site.publish() == ["cars"]
    tombstones = [each.get("ref") for each in site.read("cars.atom").iter(publishing_sites.TOMBSTONE)]
    assert tombstones == [gone.id]
    assert gone.title not in site.titles("cars.atom")
    site.store.undo(Matcher(), site.now)
    site.publish()
    assert gone.title in site.titles("cars.atom")
    assert list(site.read("cars.atom").iter(publishing_sites.TOMBSTONE)) == []


def test_a_story_without_a_link_has_a_page_as_long_as_it_is_published(site):
    (story,) = numbered(1, link=None, content="<p>First.</p>")
    site.keep(story, tags=("Cars",))
    site.publish()
    (page,) = [path for path in site.files() if path.startswith("stories/")]
    site.keep(replace(story, content="<p>Second.</p>", digest="1:second"), tags=("Cars",))
    site.publish()
    assert b"Second." in site.files()[page]
    site.store.withdraw(next(site.store.stories()).id, site.now)
    site.publish()
    assert page not in site.files()


# ------------------------------------------------------------ feeds of tags


def test_a_tag_with_enough_stories_has_a_feed(site):
    site.tag_feeds = TagFeeds(least=2)
    site.keep(*numbered(1), tags=("Cars", "电池"))
    site.publish()
    assert "tags/cars.atom" not in site.files()
    site.keep(*numbered(2), tags=("Cars",))
    site.publish()
    assert {path for path in site.files() if path.startswith("tags/")} == {
        "tags/index.html", "tags/cars.atom", "tags/cars.rss", "tags/cars.json", "tags/cars.html",
    }  # fmt: skip
    assert len(site.titles("tags/cars.atom")) == 2
    assert site.link("tags/cars.atom", "alternate") == "tags/cars.html"
    assert site.link("tags/cars.atom", "prev-archive") is None


def test_pages_link_to_tags_that_have_a_feed_and_to_no_others(site):
    site.tag_feeds = TagFeeds(least=2)
    site.keep(*numbered(1, link=None), tags=("Cars", "Rare"))
    site.publish()
    pages = [path for path in site.files() if path.endswith(".html") and path != "tags/index.html"]
    assert not any(b"tags/cars.html" in site.files()[path] for path in pages)
    site.keep(*numbered(2, link=None), tags=("Cars",))
    site.publish()
    assert all(b'tags/cars.html"' in site.files()[path] for path in pages if path.startswith(("cars", "stories")))
    assert not any(b"tags/rare" in data for data in site.files().values())


def test_a_tag_that_lost_its_stories_loses_its_feed(site):
    site.tag_feeds = TagFeeds(least=2)
    first, second = numbered(1, 2)
    site.keep(first, second, tags=("Cars",))
    site.publish()
    site.keep(replace(first, digest="1:other"), tags=("Ships",))
    site.publish()
    assert "tags/cars.atom" not in site.files()
    assert b"tags/cars.html" not in site.files()["cars.html"]


def test_feeds_of_tags_can_be_turned_off(site):
    site.tag_feeds = TagFeeds(least=1)
    site.keep(*numbered(1), tags=("Cars",))
    site.publish()
    assert "tags/cars.atom" in site.files()
    site.tag_feeds = TagFeeds(enabled=False)
    site.publish()
    assert "tags/cars.atom" not in site.files()
    assert not any(b"tags/cars.html" in data for data in site.files().values())
    site.tag_feeds = TagFeeds(least=1)
    site.publish()
    assert "tags/cars.atom" in site.files()


def test_the_last_come_first_in_the_feed_of_a_tag(site):
    site.tag_feeds = TagFeeds(least=1)
    first, second, third = numbered(1, 2, 3)
    site.keep(third, first, tags=("Cars",))
    site.keep(second, tags=("Cars",))
    site.publish()
    assert site.titles("tags/cars.atom") == [second.title, third.title, first.title]
