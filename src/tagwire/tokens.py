"""Tokens: words that nobody guesses, for what the world must not see; kept in a file that its owner alone can read."""

import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from tagwire.errors import TagwireError
from tagwire.locks import STATE, held

OPERATOR = "operator"
"""Whose token opens what only the operator sees."""
_FEED = "feed:"
"""Before the name of a feed, so that none is taken for the operator."""
_BYTES = 24
"""Of randomness: nobody guesses 192 bits."""
_MODE = 0o600


def path_of(root: Path) -> Path:
    """Give the file of a site that holds them."""
    return root / STATE / "tokens.json"


def token_of(root: Path, name: str) -> str:
    """Give a token of a site; it is made when it is first asked for.

    Raises:
        TagwireError: the file cannot be read or written.

    """
    return _known(root).get(name) or renewed(root, name, unless_known=True)


def renewed(root: Path, name: str, *, unless_known: bool = False) -> str:
    """Give a new token in place of an old one, which opens nothing from now on.

    Args:
        root: the site's folder.
        name: whose token it is.
        unless_known: whether one that another process has just made stays.

    Raises:
        TagwireError: the file cannot be read or written.

    """
    with held(root, "tokens", wait=True):
        known = dict(_known(root))
        if not (unless_known and name in known):
            known[name] = secrets.token_urlsafe(_BYTES)
            _write(path_of(root), known)
        return known[name]


def of_feed(name: str) -> str:
    """Give the name of the token that leads to a private feed."""
    return _FEED + name


def forget_feeds(root: Path, but: Iterable[str]) -> None:
    """Forget the tokens of all feeds but some: what they led to is no longer there, and comes back elsewhere.

    Args:
        root: the site's folder.
        but: the feeds that keep theirs.

    Raises:
        TagwireError: the file cannot be read or written.

    """
    kept = set(map(of_feed, but))
    if not any(_is_left(name, kept) for name in _known(root)):
        return
    with held(root, "tokens", wait=True):
        _write(path_of(root), {name: token for name, token in _known(root).items() if not _is_left(name, kept)})


def _is_left(name: str, kept: set[str]) -> bool:
    return name.startswith(_FEED) and name not in kept


def leads(root: Path, feeds: Iterable[str], offered: str) -> bool:
    """Tell whether what somebody offers is the token of one of these feeds; the time it takes says nothing about it.

    Raises:
        TagwireError: the file cannot be read.

    """
    known, told = _known(root), offered.encode(errors="replace")
    tokens = [known[of_feed(name)].encode() for name in feeds if of_feed(name) in known]
    return sum(hmac.compare_digest(token, told) for token in tokens) > 0  # each is compared, whichever it is


def opens(root: Path, name: str, offered: str) -> bool:
    """Tell whether what somebody offers is a token of this site; the time it takes says nothing about it."""
    # None is made for a stranger who only asks.
    token = _known(root).get(name, "")
    return hmac.compare_digest(token.encode(), offered.encode(errors="replace")) and bool(token)


def _known(root: Path) -> Mapping[str, str]:
    path = path_of(root)
    try:
        known = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise TagwireError("cannot read the tokens", path, str(error)) from error
    if not isinstance(known, dict) or not all(isinstance(token, str) and token for token in known.values()):
        raise TagwireError("cannot read the tokens", path, "it does not hold a token for each name")
    return known


def _write(path: Path, known: Mapping[str, str]) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=0, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise TagwireError("cannot write the tokens", path, error.strerror or str(error)) from error
    finally:
        fresh.unlink(missing_ok=True)
