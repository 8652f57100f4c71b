"""Regular expressions that cannot run away: RE2 finds them in time linear in the text."""

from functools import lru_cache
from typing import Any

import re2

from tagwire.text import simplified, unified

LONGEST = 300
"""Characters of a pattern."""
_MEMORY = 1 << 20
"""Bytes that a compiled pattern and its caches may take."""


class PatternError(ValueError):
    """A regular expression that is wrong, too large, or asks for what RE2 cannot do (look-around, back-references)."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """Compile a pattern; it compares as words do: in any case, traditional Chinese like simplified.

    Raises:
        PatternError: it cannot be used; the message says why.

    """
    if len(pattern) > LONGEST:
        raise PatternError(f"a regular expression has at most {LONGEST} characters, this one has {len(pattern)}")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(simplified(pattern), options)
    except re2.error as error:
        raise PatternError(f"/{pattern}/ is no regular expression that can be used: {_said(error)}") from None


def found(pattern: str, text: str) -> bool:
    """Say whether a pattern is found in a text.

    Raises:
        PatternError: as `compiled`.

    """
    return compiled(pattern).search(unified(text)) is not None


def _said(error: Exception) -> str:
    words = error.args[0] if error.args else str(error)
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
