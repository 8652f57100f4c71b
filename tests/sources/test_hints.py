"""What answers ask of our schedule: how long they hold, and how long to stay away."""

from datetime import timedelta

import pytest

from tagwire.sources.hints import fresh_for, retry_after
from visiting import NOW

DATE = "Mon, 02 Mar 2026 12:00:00 GMT"
LATER = "Mon, 02 Mar 2026 15:00:00 GMT"
EARLIER = "Mon, 02 Mar 2026 09:00:00 GMT"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "span"),
    [
        ({}, None),
        ({"cache-control": "max-age=3600"}, HOUR),
        ({"cache-control": 'public, MAX-AGE = "3600"'}, HOUR),
        ({"cache-control": "s-maxage=5, max-age=3600"}, HOUR),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "no-cache, max-age=3600"}, None),
        ({"cache-control": "no-store", "expires": LATER}, None),
        ({"expires": LATER}, 3 * HOUR),
        ({"expires": LATER, "date": EARLIER}, 6 * HOUR),  # by its own clock, wherever that stands
        ({"expires": LATER, "cache-control": "max-age=3600"}, HOUR),
        ({"expires": EARLIER}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Mon, 99 Mar 99999 99:00:00 GMT"}, None),
    ],
)
def test_how_long_an_answer_holds(headers, span):
    assert fresh_for(headers, NOW) == span


@pytest.mark.parametrize(
    ("headers", "span"),
    [
        ({}, None),
        ({"retry-after": "3600"}, HOUR),
        ({"retry-after": " 3600 "}, HOUR),
        ({"retry-after": LATER}, 3 * HOUR),
        ({"retry-after": LATER, "date": DATE}, 3 * HOUR),
        ({"retry-after": LATER, "date": "nonsense"}, 3 * HOUR),
        ({"retry-after": EARLIER}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1e5"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "3600, 3600"}, None),
    ],
)
def test_how_long_a_server_asks_us_to_stay_away(headers, span):
    assert retry_after(headers, NOW) == span
