"""The garbage collector, told how this program works."""

import gc

_OFTEN, _LESS_OFTEN, _SELDOM = 20_000, 20, 20
"""New values until the youngest, and how many such rounds until the older and all are searched for circles."""


def tune() -> None:
    """Let the collector search less often than after 700 new values.

    A batch of articles is tens of thousands of values, hardly one in a circle; searching them took a sixth of the
    time in which they are kept.
    """
    gc.set_threshold(_OFTEN, _LESS_OFTEN, _SELDOM)


def settle() -> None:
    """Let the collector pass over what is in memory now, because it stays: the definitions, and what they compile to.

    To look through it again and again would cost more than all that comes. What was settled before, and is gone since,
    is cleared away first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
