"""The files in ``output/`` that are ours: whose they are, and which of them are gone; and those of private feeds."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tagwire.locks import STATE
from tagwire.output import folder
from tagwire.publishing import private
from tagwire.store.publishing import Publishing

_OURS_ALONE = 0o700


class Files:
    """Writes and removes files, and remembers which of all that lies there is ours."""

    def __init__(self, site: Path, store: Publishing) -> None:
        """Write nothing yet; `site` is the site's folder."""
        self._public = site / "output"
        self._hidden = site / STATE
        self._store = store
        self._owners: dict[str, str] = {}
        self._there: set[str] = set()

    def make_ready(self) -> None:
        """Make the folders, take away what killed processes left in them, and see what lies there.

        Raises:
            TagwireError: a folder cannot be made or looked through.

        """
        folder.make(self._public)
        folder.make(self._hidden)
        folder.make(self._hidden / private.FOLDER, mode=_OURS_ALONE)  # the names in it are not for everybody
        hidden = folder.sweep(self._hidden / private.FOLDER)
        self._there = folder.sweep(self._public) | {f"{private.FOLDER}/{path}" for path in hidden}
        self._owners = self._store.owners()

    def _root(self, path: str) -> Path:
        return self._hidden if private.is_private(path) else self._public

    def incomplete(self) -> set[str]:
        """Give the owners of which a file was removed by somebody else."""
        return {self._owners[path] for path in self._owners.keys() - self._there}

    def lies_there(self, path: str) -> bool:
        """Tell whether a file lay there when this was made ready."""
        return path in self._there

    def read(self, path: str) -> bytes | None:
        """Give what lies there, or None."""
        try:
            return (self._root(path) / path).read_bytes()
        except OSError:
            return None

    def write(self, rendered: Mapping[str, Mapping[str, bytes]]) -> set[str]:
        """Write those files whose bytes differ; `rendered` has the files of each owner. Give the owners of those."""
        owned = {path: (owner, _digest(data)) for owner, files in rendered.items() for path, data in files.items()}
        # Remembered as ours before they are written: a crash in between leaves no file that nobody would remove.
        self._store.remember_files(owned)
        by_root: dict[Path, dict[str, bytes]] = {}
        for files in rendered.values():
            for path, data in files.items():
                by_root.setdefault(self._root(path), {})[path] = data
        written = [path for root, files in by_root.items() for path in folder.write_all(root, files)]
        return {owned[path][0] for path in written}

    def keep_only(self, owner: str, paths: Iterable[str]) -> None:
        """Remove the files of an owner but for some."""
        self.remove(set(self._store.owned(owner)).difference(paths))

    def remove_others(self, owners: set[str]) -> bool:
        """Remove the files of all owners but some; tell whether there was any."""
        gone = {path: owner for path, owner in self._owners.items() if owner not in owners}
        if gone:
            self._store.outdate(set(gone.values()))  # should their definitions come back
            self.remove(gone)
        return bool(gone)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""
        gone = sorted(paths)
        for path in gone:
            folder.remove(self._root(path), path)
        if any(map(private.is_private, gone)):
            folder.prune(self._hidden / private.FOLDER)
        self._store.forget_files(gone)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
