"""What a source's own articles teach about it."""

from datetime import date, timedelta

from tales import article, later

from tagwire.model import Outlet
from tagwire.stories.headline import headline
from tagwire.stories.learnt import VERSION, learn

SUBJECTS = ["Ferry", "Bridge", "Harbour", "Market", "School", "Goat", "Tunnel", "Choir", "Chapel", "Lighthouse"]


def told(end="", **more):
    return [
        article("isle", f"{subject} of the outer islands is saved{end}", guid=subject, **more) for subject in SUBJECTS
    ]


def test_the_end_that_its_titles_share_is_learnt_whatever_it_says():
    learnt = learn("isle", told(" - Good morning, sea!"))
    assert learnt.suffixes == {"good morning, sea!"}
    assert learnt.version == VERSION


def test_an_end_that_few_titles_share_is_not_learnt():
    assert learn("isle", told()[:6] + told(" - Good morning, sea!")[6:]).suffixes == set()
    assert learn("isle", told(" - a dream")[:4]).suffixes == set(), "a handful proves nothing"


def test_one_title_read_again_and_again_teaches_no_end():
    again = [article("isle", "Ferry of the islands is saved - a dream", guid=str(i)) for i in range(20)]
    assert learn("isle", again).suffixes == set()


def test_a_year_at_the_end_of_all_titles_is_no_name():
    assert learn("isle", told(" - 2024")).suffixes == set()


def test_a_title_that_came_on_three_days_is_known_to_return():
    column = [article("isle", "Letters - Isle Radio", later(24 * i), guid=str(i)) for i in range(3)]
    learnt = learn("isle", [*told(), *column], Outlet(title="Isle Radio"))
    assert learnt.recurring == {headline("Letters - Isle Radio", frozenset({"isleradio"})).text}
    assert learn("isle", [*told(), *column[:2]]).recurring == set()


def test_the_same_article_read_on_three_days_is_no_column():
    again = [article("isle", "Letters", guid="1", day=date(2024, 3, 4) + timedelta(days=i)) for i in range(5)]
    assert learn("isle", again).recurring == set()


def test_a_link_given_to_many_articles_is_known_to_say_nothing():
    everywhere = told(link="https://isle.example/news?utm_source=rss")
    assert learn("isle", everywhere).links == {"isle.example/news"}
    own = [article("isle", guid=str(i), link=f"https://isle.example/{i}") for i in range(10)]
    assert learn("isle", own).links == set()


def test_two_articles_out_of_many_with_one_link_are_a_republished_page():
    own = [article("isle", guid=str(i), link=f"https://isle.example/{i // 2 if i < 2 else i}") for i in range(60)]
    assert learn("isle", own).links == set()


def test_of_nothing_nothing_is_learnt():
    assert learn("isle", []) == learn("isle", ())
    assert learn("isle", []).suffixes == set()
