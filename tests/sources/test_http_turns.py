"""How requests to one host keep out of each other's way."""

from tagwire.sources.turns import Turns


def taken(turns, now):
    items = []
    while (item := turns.take(now)) is not None:
        items.append(item)
    return items


def test_a_host_has_at_most_so_many_requests_at_once():
    turns = Turns(per_host=2, pause=0)
    for item in "abc":
        turns.wait("h", item)
    assert taken(turns, 0) == ["a", "b"]
    turns.done("h", 0)
    assert taken(turns, 0) == ["c"]


def test_requests_to_a_host_lie_a_pause_apart_counted_from_their_begin_and_end():
    turns = Turns(per_host=2, pause=1)
    for item in "abc":
        turns.wait("h", item)
    assert taken(turns, 0) == ["a"]
    assert turns.next_at() == 1
    assert taken(turns, 0.9) == []
    turns.done("h", 0.9)
    assert taken(turns, 1.8) == []
    assert taken(turns, 1.9) == ["b"]


def test_many_sources_on_one_host_hold_up_no_other_host():
    turns = Turns(per_host=1, pause=10)
    for item in range(1000):
        turns.wait("crowded", item)
    turns.wait("other", "mine")
    assert taken(turns, 0) == [0, "mine"]


def test_those_who_wait_take_their_turn_in_order():
    turns = Turns(per_host=1, pause=1)
    for item in range(3):
        turns.wait("h", item)
    order = []
    for now in range(3):
        order += taken(turns, now)
        turns.done("h", now)
    assert order == [0, 1, 2]


def test_nothing_is_due_while_nobody_waits():
    turns = Turns(per_host=1, pause=1)
    assert turns.next_at() is None
    assert turns.take(5) is None


def test_who_is_given_up_waits_no_longer_and_the_host_goes_on_with_those_who_come():
    turns = Turns(per_host=1, pause=0)
    for item in "abc":
        turns.wait("h", item)
    assert turns.take(0) == "a"
    assert turns.give_up("h") == ["b", "c"]
    assert turns.give_up("nobody") == []
    turns.done("h", 0)
    assert taken(turns, 0) == []
    turns.wait("h", "d")
    assert taken(turns, 0) == ["d"]


def test_a_host_that_was_given_up_while_its_turn_was_near_has_nothing_to_take():
    turns = Turns(per_host=1, pause=0)
    turns.wait("h", "a")
    turns.give_up("h")
    assert turns.take(0) is None
