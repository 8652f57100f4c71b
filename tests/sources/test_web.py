"""Web feeds, visited again and again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from misbehaving import conditional, in_turn, page, redirect, serving
from tagwire.model import About, Outcome
from tagwire.sources import exchange, parsing
from tagwire.sources.web import Web, WebOptions
from visiting import NOW, read, rss, source, visit

GOOD = rss("One", "Two")


def titles(reading):
    return [article.title for article in reading.articles]


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://Example.ORG", "http://example.org/"),
        (" https://example.org:443/a/../feed.xml#top ", "https://example.org/feed.xml"),
        ("http://bücher.example/ä?b=ü", "http://xn--bcher-kva.example/%C3%A4?b=%C3%BC"),
        ("http://2130706433:8080/", "http://127.0.0.1:8080/"),
        ("https://example.org.:8443/feed", "https://example.org:8443/feed"),
    ],
)
def test_addresses_are_canonical(url, address):
    assert Web().address(WebOptions(url=url), Path()) == address


@pytest.mark.parametrize(
    "url", ["", "example.org/feed", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/", "\ud800"]
)
def test_what_is_no_web_address_is_told_with_an_example(url):
    with pytest.raises(ValueError, match=r"write one such as https://example\.org/feed\.xml"):
        Web().address(WebOptions(url=url), Path())


def test_passwords_stand_in_no_address():
    with pytest.raises(ValueError, match="leave them out and write auth") as raised:
        Web().address(WebOptions(url="http://user:hunter2@example.org/"), Path())
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "auth",
    [
        {"user": "u"},
        {"user": "u", "password": "p"},
        {"password_env": "P"},
        {"user": "u", "token_env": "T"},
        {"user": "u", "password_env": "P", "password_file": "p"},
        {"token_env": "T", "password_env": "P", "user": "u"},
    ],
)
def test_an_auth_table_names_one_secret_and_holds_none(auth):
    with pytest.raises(ValueError, match="write auth = "):
        Web().address(WebOptions(url="http://example.org/", auth=auth), Path())


# ---------------------------------------------------------------- what has not changed


@pytest.mark.parametrize("etag", ['W/"caf\xe9, \x80 \\"', "bare\xa0", "\x85"])
def test_validators_are_echoed_byte_for_byte(etag):
    modified = "yesterday, more or less"
    with serving({"/": conditional(GOOD, etag, modified)}) as server:
        first = visit(server.url("/"))
        second = visit(server.url("/"), first.memo)
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.UNCHANGED)
    assert second.memo == first.memo
    assert server.asked[1].headers["if-none-match"] == etag
    assert server.asked[1].headers["if-modified-since"] == modified


def test_a_last_modified_alone_is_enough():
    with serving({"/": conditional(GOOD, etag="")}) as server:
        first = visit(server.url("/"))
        assert visit(server.url("/"), first.memo).outcome is Outcome.UNCHANGED
    assert "if-none-match" not in server.asked[1].headers


def test_a_memo_that_was_tampered_with_sends_no_header_of_its_own():
    with serving({"/": conditional(GOOD)}) as server:
        memo = {**visit(server.url("/")).memo, "etag": '"1"\r\nEvil: 1', "last_modified": ""}
        assert visit(server.url("/"), memo).outcome is Outcome.UNCHANGED  # by its body
    assert server.asked[1].headers.keys() == server.asked[0].headers.keys()


def test_the_same_body_is_not_parsed_again_and_starts_no_worker(monkeypatch):
    with serving({"/": page(GOOD), "/304": conditional(GOOD), "/500": page(status="500 x")}) as server:
        paths = ["/", "/304", "/500"]
        sources = [source(server.url(path), name=path) for path in paths]
        memos = {name: reading.memo for name, reading in read(sources).items()}
        monkeypatch.delattr(parsing, "subprocess")
        readings = read(sources, memos)
    assert [readings[path].outcome for path in paths] == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.FAILED]
    assert readings["/"].memo["marks"] == memos["/"]["marks"]


def test_validators_belong_to_the_address_they_came_from():
    with serving({"/": redirect("/a", 302), "/a": conditional(GOOD), "/b": conditional(rss("Three"))}) as server:
        first = visit(server.url("/"))
        server.answers["/"] = redirect("/b", 302)
        second = visit(server.url("/"), first.memo)
    assert titles(second) == ["Three"]
    assert [("if-none-match" in each.headers) for each in server.asked] == [False] * 4


def test_validators_find_their_address_behind_a_redirect():
    with serving({"/": redirect("/a", 302), "/a": conditional(GOOD)}) as server:
        first = visit(server.url("/"))
        assert visit(server.url("/"), first.memo).outcome is Outcome.UNCHANGED
    assert [("if-none-match" in each.headers) for each in server.asked] == [False, False, False, True]


def test_now_and_then_a_visit_is_unconditional():
    with serving({"/": conditional(GOOD)}) as server:
        memo = visit(server.url("/")).memo
        later = visit(server.url("/"), memo, now=NOW + timedelta(days=4, hours=1))
        visit(server.url("/"), later.memo, now=NOW + timedelta(days=5))
    assert later.outcome is Outcome.UNCHANGED  # by its body
    assert [("if-none-match" in each.headers) for each in server.asked] == [False, False, True]


def test_a_failed_visit_keeps_the_memo():
    with serving({"/": in_turn(page(GOOD), page(status="500 x"))}) as server:
        memo = visit(server.url("/")).memo
        assert visit(server.url("/"), memo).memo == memo


def test_only_new_and_changed_entries_come_home():
    changed = rss("One", {"title": "Two, corrected", "link": "http://example.org/2", "guid": "urn:example:2"}, "Three")
    with serving({"/": in_turn(page(GOOD), page(changed), page(changed + b" "))}) as server:
        memo = visit(server.url("/")).memo
        second = visit(server.url("/"), memo)
        third = visit(server.url("/"), second.memo)
    assert titles(second) == ["Two, corrected", "Three"]
    assert (third.outcome, third.articles) == (Outcome.UNCHANGED, ())
    assert third.memo["body"] != second.memo["body"]


# ---------------------------------------------------------------- redirects and hints


def test_permanent_redirects_are_reported_up_to_the_first_that_is_not():
    answers = {
        "/": redirect("/a", 301),
        "/a": redirect("/b", 308),
        "/b": redirect("/c", 302),
        "/c": redirect("/d", 301),
        "/d": conditional(GOOD),
    }
    with serving(answers) as server:
        assert visit(server.url("/")).moved_to == server.url("/b")
        assert visit(server.url("/b")).moved_to == ""


def test_a_source_that_moved_to_a_web_page_has_not_moved():
    with serving({"/": redirect("/home"), "/home": page(b"<!doctype html><title>Home</title>")}) as server:
        assert visit(server.url("/")).moved_to == ""


# ---------------------------------------------------------------- moving for good

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Moves:
    """A source whose address answers as a test says, visited at given times with the memo of the visit before."""

    def __init__(self, server):
        self.server = server
        self.memo = {}

    def at(self, *times):
        """Visit at some times from now, and give the paths that were asked for at each."""
        asked = []
        for time in times:
            before = len(self.server.asked)
            self.reading = visit(self.server.url("/"), self.memo, now=NOW + time)
            self.memo = self.memo if self.reading.error else self.reading.memo
            asked.append([each.path for each in self.server.asked[before:]])
        return asked


def settled_at_new(server):
    moves = Moves(server)
    moves.at(0 * HOUR, 12 * HOUR, 25 * HOUR)
    return moves


@pytest.mark.parametrize("status", [301, 308])
def test_a_source_that_moved_for_good_is_asked_there_after_three_good_visits_over_a_day(status):
    with serving({"/": redirect("/new", status), "/new": conditional(GOOD)}) as server:
        moves = Moves(server)
        both, there = ["/", "/new"], ["/new"]
        assert moves.at(0 * HOUR, 1 * HOUR, 2 * HOUR, 3 * HOUR, 25 * HOUR) == [both] * 5
        assert moves.at(26 * HOUR, 27 * HOUR) == [there] * 2
        assert moves.reading.moved_to == server.url("/new")
        assert moves.reading.memo_stays


def test_two_visits_however_far_apart_move_nothing():
    with serving({"/": redirect("/new"), "/new": page(GOOD)}) as server:
        assert Moves(server).at(0 * HOUR, 9 * DAY, 10 * DAY)[-1] == ["/", "/new"]


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_for_now_moves_nothing(status):
    with serving({"/": redirect("/new", status), "/new": page(GOOD)}) as server:
        moves = Moves(server)
        assert moves.at(*(n * DAY for n in range(6)))[-1] == ["/", "/new"]
        assert moves.reading.moved_to == ""


def test_visits_that_led_to_something_else_count_for_nothing():
    html = page(b"<!doctype html><title>Home</title>")
    with serving({"/": redirect("/new"), "/new": html}) as server:
        moves = Moves(server)
        moves.at(*(n * DAY for n in range(6)))
        assert moves.memo == {}
        server.answers["/"] = in_turn(redirect("/other"), redirect("/new"))
        server.answers |= {"/new": page(GOOD), "/other": page(GOOD)}
        assert moves.at(6 * DAY, 7 * DAY, 8 * DAY, 9 * DAY)[-1] == ["/", "/new"]
        assert moves.at(10 * DAY) == [["/new"]]


def test_a_move_is_taken_back_when_nothing_good_comes_and_the_old_address_answers_itself():
    with serving({"/": redirect("/new"), "/new": page(GOOD)}) as server:
        moves = settled_at_new(server)
        server.answers |= {"/": page(GOOD), "/new": page(status="404 Gone away")}
        asked = moves.at(*(n * DAY for n in range(2, 14)))
        assert asked[0] == ["/new"]
        assert ["/"] in asked
        assert asked[-1] == ["/"]
        assert moves.reading.moved_to == ""


def test_a_move_stands_while_the_old_address_still_leads_there():
    with serving({"/": redirect("/new"), "/new": page(GOOD)}) as server:
        moves = settled_at_new(server)
        server.answers["/new"] = in_turn(*[page(status="500 x")] * 9, page(GOOD))
        asked = moves.at(*(n * DAY for n in range(2, 14)))
        assert ["/", "/new"] in asked
        assert asked[-1] == ["/new"]
        assert moves.reading.moved_to == server.url("/new")


def test_a_source_that_moves_on_is_followed_and_one_that_moves_back_is_at_home():
    with serving({"/": redirect("/new"), "/new": page(GOOD)}) as server:
        moves = settled_at_new(server)
        server.answers |= {"/new": redirect("/newest"), "/newest": page(GOOD)}
        assert moves.at(2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY)[2:] == [["/new", "/newest"], ["/newest"]]
        server.answers |= {"/newest": redirect("/"), "/": page(GOOD)}
        assert moves.at(6 * DAY, 7 * DAY, 8 * DAY, 9 * DAY)[2:] == [["/newest", "/"], ["/"]]
        assert moves.reading.moved_to == ""


def test_where_a_source_has_moved_it_has_no_privileges_of_its_own(monkeypatch):
    monkeypatch.setenv("FEED_TOKEN", "secret")
    with serving({"/feed": page(GOOD)}) as other, serving({"/": page(GOOD)}) as own:
        memo = {**visit(own.url("/")).memo, "place": other.url("/feed")}
        reading = visit(own.url("/"), memo, auth={"token_env": "FEED_TOKEN"})
    assert reading.error == "127.0.0.1 is at 127.0.0.1 (loopback), where sources may not go"
    assert other.asked == []


def test_credentials_are_sent_to_their_own_origin_alone(monkeypatch):
    monkeypatch.setenv("FEED_PASSWORD", "hünter2")
    auth = {"user": "ann", "password_env": "FEED_PASSWORD"}
    with serving({"/feed": page(GOOD)}, hosts=("127.0.0.1", "127.0.0.2")) as other:
        own = other.url("/own")
        other.answers["/own"] = redirect("/feed", 302)
        other.answers["/away"] = redirect(other.url("/feed", "127.0.0.2"), 302)
        assert visit(own, auth=auth).outcome is Outcome.NEW
        visit(other.url("/away"), auth=auth)
    sent = [each.headers.get("authorization") for each in other.asked]
    assert sent == ["Basic YW5uOmjDvG50ZXIy"] * 3  # and the fourth request is not made: the other host is private


def test_credentials_do_not_follow_to_another_port(monkeypatch):
    monkeypatch.setenv("FEED_TOKEN", "secret")
    with serving({"/feed": page(GOOD)}) as other, serving({"/": redirect(other.url("/feed"))}) as own:
        reading = visit(own.url("/"), auth={"token_env": "FEED_TOKEN"})
    assert own.asked[0].headers["authorization"] == "Bearer secret"
    assert other.asked == []
    assert "secret" not in reading.error


@pytest.mark.parametrize("auth", [{"user": "ann", "password_env": "SECRET"}, {"token_env": "SECRET"}])
def test_where_a_redirect_may_go_it_takes_no_credentials_along(monkeypatch, auth):
    """To another port, and to another host; back at home they are told again."""
    monkeypatch.setenv("SECRET", "hunter2")
    monkeypatch.setattr(exchange, "refused", lambda _ip: None)  # as if all of this lay in the world
    with serving(hosts=("127.0.0.1", "127.0.0.2")) as own, serving() as other:
        own.answers["/"] = redirect(other.url("/port"), 302)
        other.answers["/port"] = redirect(own.url("/host", "127.0.0.2"), 302)
        own.answers["/host"] = redirect(own.url("/home"), 302)
        own.answers["/home"] = page(GOOD)
        reading = visit(own.url("/"), auth=auth, allow_private=False)
    assert reading.outcome is Outcome.NEW
    told = {each.path: "authorization" in each.headers for each in (*own.asked, *other.asked)}
    assert told == {"/": True, "/port": False, "/host": False, "/home": True}


def test_a_secret_is_read_from_a_file_beside_the_definition(tmp_path):
    (tmp_path / "token").write_text("abc\n")
    with serving({"/": page(GOOD)}) as server:
        assert visit(server.url("/"), auth={"token_file": "token"}, home=tmp_path).outcome is Outcome.NEW
    assert server.asked[0].headers["authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ({"token_env": "NOBODY_SET_ME"}, "the environment has no variable NOBODY_SET_ME"),
        ({"token_file": "nowhere"}, "the file nowhere cannot be read"),
        ({"token_file": "two"}, "two holds no secret on a single line"),
    ],
)
def test_a_secret_that_is_not_there_fails_its_source(tmp_path, auth, words):
    (tmp_path / "two").write_text("a\nb")
    reading = visit("http://127.0.0.1:1/", auth=auth, home=tmp_path)
    assert (reading.outcome, words in reading.error) == (Outcome.FAILED, True)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 13:00:00 GMT", timedelta(hours=1)),
        ("999999999", timedelta(days=31)),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("Sun, 01 Mar 2026 13:00:00 GMT", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_says_how_long_holds_us_off(status, asked, wait):
    with serving({"/": page(status=f"{status} x", headers={"Retry-After": asked})}) as server:
        reading = visit(server.url("/"))
    assert reading.hints.retry_after == wait
    assert reading.outcome is (Outcome.HELD if wait else Outcome.FAILED)


def test_what_document_and_answer_ask_of_the_schedule_is_remembered_through_a_304():
    wishes = (
        "<ttl>90</ttl><skipHours><hour>3</hour><hour>24</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>Noday</day></skipDays>"
    )
    body = rss("One", channel=wishes)
    with serving({"/": conditional(body, **{"Cache-Control": "public, max-age=600"})}) as server:
        first = visit(server.url("/"))
        second = visit(server.url("/"), first.memo)
    assert second.outcome is Outcome.UNCHANGED
    assert first.hints == second.hints
    assert first.hints.fresh_for == timedelta(minutes=90)
    assert first.hints.skip_hours == (0, 3)
    assert first.hints.skip_days == ("Sunday",)


def test_the_kind_says_of_the_feed_what_it_says_of_itself():
    with serving({"/": page(GOOD)}) as server:
        assert visit(server.url("/")).about == About(title="Example", link="http://example.org/")


# ---------------------------------------------------------------- identity under bad publishers


def entries(visit_number, *, guid, link="http://example.org/{n}"):
    """Give twenty entries; guid and link may hold {n} for the entry and {v} for the visit."""
    return rss(
        *(
            {
                "title": f"Entry {n}",
                "guid isPermaLink='false'": guid.format(n=n, v=visit_number),
                "link": link.format(n=n, v=visit_number),
                "pubDate": "Thu, 25 May 2023 08:00:00 GMT",
                "description": f"Text {n}, served at visit {visit_number}",
            }
            for n in range(20)
        )
    )


def visits(*bodies):
    with serving({"/": in_turn(*map(page, bodies))}) as server:
        memo, readings = {}, []
        for _ in bodies:
            readings.append(visit(server.url("/"), memo))
            memo = readings[-1].memo
    return readings


def guids(reading):
    return [article.guid for article in reading.articles]


def test_one_guid_for_everything_steps_down_to_the_link_once_and_for_all():
    first, second = visits(entries(1, guid="same"), entries(2, guid="{n}"))
    assert guids(first) == guids(second) == [f"http://example.org/{n}" for n in range(20)]
    assert first.warnings == ("its guids cannot be relied on; from now on its articles are told apart by their link",)
    assert second.warnings == ()


def test_one_guid_and_one_link_for_everything_step_down_to_title_and_day():
    (reading,) = visits(entries(1, guid="same", link="http://example.org/"))
    assert guids(reading)[0] == "entry 0 Thu, 25 May 2023"
    assert len(set(guids(reading))) == 20


def test_one_link_for_everything_is_well_where_guids_are():
    (reading,) = visits(entries(1, guid="{n}", link="http://example.org/"))
    assert guids(reading) == [str(n) for n in range(20)]


@pytest.mark.parametrize("date", ["2023-05-25T08:{v:02}:00Z", "2023/05/25 0{v}:30", "Thu, 25 May 2023 0{v}:00:00 GMT"])
def test_where_title_and_day_name_an_entry_its_clock_does_not(date):
    items = [{"title": f"Entry {n}", "pubDate": date} for n in range(5)]
    first, second = visits(*(rss(*({**each, "pubDate": date.format(v=v)} for each in items)) for v in (1, 2)))
    assert guids(first) == guids(second)


def test_guids_that_change_at_every_fetch_step_down_to_the_link():
    first, second, third = visits(*(entries(number, guid="{n}-{v}") for number in (1, 2, 3)))
    assert guids(first)[0] == "0-1"
    assert guids(second) == guids(third) == [f"http://example.org/{n}" for n in range(20)]
    assert (len(second.warnings), third.warnings) == (1, ())


def test_guids_and_links_that_change_at_every_fetch_step_down_to_title_and_day():
    _, second = visits(*(entries(number, guid="{n}-{v}", link="http://example.org/{n}?{v}") for number in (1, 2)))
    assert guids(second)[0] == "entry 0 Thu, 25 May 2023"


def test_a_publisher_that_renews_its_guids_is_known_by_its_links():
    _, second = visits(rss("One", "Two"), rss("One", "Two").replace(b"urn:example", b"urn:other"))
    assert guids(second) == ["http://example.org/1", "http://example.org/2"]


def alone(visit_number, **changed):
    """Give a document of one entry that has another guid at every visit."""
    same = {"title": "The word of the day", "link": "http://example.org/", "pubDate": "Thu, 25 May 2023 08:00:00 GMT"}
    return rss({**same, "guid isPermaLink='false'": f"urn:{visit_number}", **changed})


def test_a_single_entry_whose_guid_changes_at_every_fetch_is_known_by_title_and_day():
    first, second, third, fourth = visits(alone(1), alone(2), alone(3), alone(4, title="Another word"))
    assert guids(first) == ["urn:1"]
    assert guids(second) == ["the word of the day Thu, 25 May 2023"]
    assert (guids(third), third.outcome) == ([], Outcome.UNCHANGED)
    assert guids(fourth) == ["another word Thu, 25 May 2023"]  # though its link is the same: no news is lost
    assert [len(each.warnings) for each in (first, second, third, fourth)] == [0, 1, 0, 0]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Another word"},
        {"pubDate": "Thu, 25 May 2023 09:00:00 GMT"},
        {"description": "Now it rains."},
        {"link": "http://example.org/2"},
    ],
)
def test_a_source_that_tells_one_thing_at_a_time_keeps_its_guids(changed):
    first, second = visits(alone(1), alone(2, **changed))
    assert (guids(first), guids(second)) == (["urn:1"], ["urn:2"])
    assert second.memo["rule"] == "guid"


def test_a_single_repeated_guid_in_a_long_document_is_tolerated():
    items = [{"title": f"{n}", "guid": f"urn:{min(n, 28)}", "link": f"http://example.org/{n}"} for n in range(30)]
    (reading,) = visits(rss(*items))
    assert guids(reading) == [f"urn:{n}" for n in range(29)]


def test_a_story_told_twice_in_one_document_is_no_repeated_guid():
    items = [{"title": f"{n}", "guid": f"urn:{n}"} for n in (1, 2, 3, 1, 2, 3)]
    (reading,) = visits(rss(*items))
    assert guids(reading) == ["urn:1", "urn:2", "urn:3"]


def test_a_document_in_which_everything_is_new_keeps_its_rule():
    first, second = visits(
        entries(1, guid="{n}"),
        entries(2, guid="{v}{n}", link="http://example.org/{v}{n}").replace(b"<title>Entry", b"<title>Other"),
    )
    assert (first.memo["rule"], second.memo["rule"]) == ("guid", "guid")
    assert second.warnings == ()


def test_entries_without_anything_to_name_them_are_named_by_their_text():
    (reading,) = visits(rss({"description": "Only words here"}, {"description": "And others there"}))
    assert titles(reading) == ["Only words here", "And others there"]
    assert len(set(guids(reading))) == 2


def test_a_date_far_ahead_counts_as_first_seen():
    (reading,) = visits(rss({"title": "T", "guid": "1", "pubDate": "Thu, 25 May 2030 08:00:00 GMT"}))
    (article,) = reading.articles
    assert (article.published, article.dated) == (NOW, "unknown")


# ---------------------------------------------------------------- what the schedule learns from


def dated(number, day):
    return {"title": f"{number}", "guid": f"{number}", "pubDate": day}


def test_a_reading_counts_the_entries_of_the_whole_document_and_dates_the_oldest():
    days = ["Thu, 25 May 2023 08:00:00 GMT", "Mon, 22 May 2023 08:00:00 GMT", "Fri, 26 May 2023 08:00:00 GMT"]
    items = [dated(number, day) for number, day in enumerate(days)]
    first, second = visits(rss(*items), rss(*items, dated(3, days[0])))
    assert (first.entries, len(first.articles)) == (3, 3)
    assert (second.entries, len(second.articles)) == (4, 1)
    assert first.oldest == second.oldest == datetime(2023, 5, 22, 8, tzinfo=UTC)


def test_the_oldest_is_not_known_where_one_entry_is_not_dated():
    (reading,) = visits(rss(dated(1, "Thu, 25 May 2023 08:00:00 GMT"), {"title": "2", "guid": "2"}))
    assert (reading.entries, reading.oldest) == (2, None)


def test_an_answer_without_a_document_counts_none():
    with serving({"/": conditional(GOOD)}) as server:
        again = visit(server.url("/"), visit(server.url("/")).memo)
    assert (again.entries, again.oldest) == (0, None)
