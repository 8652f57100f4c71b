"""What a source asks of its visitors: a user and password, or a token, kept in the environment or a file."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from tagwire.errors import SourceError

_RIGHT = (
    'write auth = {user = "…", password_env = "NAME"} or auth = {token_env = "NAME"}; '
    "_file instead of _env names a file"
)
_PASSWORD = ("password_env", "password_file")
_TOKEN = ("token_env", "token_file")


def check(auth: Mapping[str, str]) -> None:
    """See that an ``auth`` table names one user with one password, or one token, and holds no secret itself.

    Raises:
        ValueError: it does not; the message says what would be right.

    """
    if strange := sorted(auth.keys() - {"user", *_PASSWORD, *_TOKEN}):
        raise ValueError(f"auth has no {strange[0]}; {_RIGHT}")
    passwords, tokens = (sum(bool(auth.get(name)) for name in names) for names in (_PASSWORD, _TOKEN))
    if auth and (passwords, tokens, bool(auth.get("user"))) not in {(1, 0, True), (0, 1, False)}:
        raise ValueError(f"auth is neither one user with one password nor one token; {_RIGHT}")


def authorization(auth: Mapping[str, str], home: Path) -> str:
    """Give the value of the ``Authorization`` header (RFC 7617, RFC 6750); empty: none is asked for.

    Args:
        auth: checked.
        home: the folder that relative file names start from.

    Raises:
        SourceError: the secret is not where it should be.

    """
    if not auth:
        return ""
    name = next(name for name in (*_PASSWORD, *_TOKEN) if auth.get(name))
    secret = _secret(name, auth[name], home)
    if name in _TOKEN:
        return f"Bearer {secret}"
    pair = f"{auth['user']}:{secret}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _secret(name: str, where: str, home: Path) -> str:
    try:
        secret = os.environ[where] if name.endswith("_env") else (home / where).read_text(encoding="utf-8").strip()
    except KeyError:
        raise SourceError("auth", name, f"the environment has no variable {where}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("auth", name, f"the file {where} cannot be read") from error
    if not secret or not secret.isprintable():
        raise SourceError("auth", name, f"{where} holds no secret on a single line")
    return secret
