"""Remembers the last good text of every definition, so that a broken file changes nothing until it is mended."""

import json
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

FILE = ".tagwire/definitions.json"

_log = logging.getLogger(__name__)


def recall(root: Path) -> dict[str, str]:
    """Give the last good texts by file, relative to the site; none where nothing is remembered.

    Raises:
        ValueError: what is remembered cannot be read.

    """
    try:
        remembered = json.loads((root / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(remembered, dict) or not all(isinstance(text, str) for text in remembered.values()):
        raise ValueError("it does not hold texts by file")
    return remembered


def remember(root: Path, texts: Mapping[str, str]) -> None:
    """Keep the last good texts, replaced in one stroke; a failure is logged and stops nothing."""
    path = root / FILE
    data = json.dumps(texts, ensure_ascii=False, indent=0, sort_keys=True).encode()
    try:
        with suppress(OSError):  # none yet, or none that can be read
            if path.read_bytes() == data:
                return
        path.parent.mkdir(exist_ok=True)
        _replace(path, data)
    except OSError as error:
        _log.warning("cannot remember the definitions: %s: %s", path, error)


def _replace(path: Path, data: bytes) -> None:
    descriptor, beside = tempfile.mkstemp(prefix="definitions-", dir=path.parent)  # readable for its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
