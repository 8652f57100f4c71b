"""The files in ``output/`` that are ours: whose they are, and which of them are gone."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tagwire.output import folder
from tagwire.store.publishing import Publishing


class Files:
    """Writes and removes files, and remembers which of all that lies there is ours."""

    def __init__(self, root: Path, store: Publishing) -> None:
        """Write nothing yet; `root` is the folder."""
        self.root = root
        self._store = store

    def incomplete(self) -> set[str]:
        """Give the owners of which a file was removed by somebody else."""
        there = folder.listed(self.root)
        return {owner for path, owner in self._store.owners().items() if path not in there}

    def read(self, path: str) -> bytes | None:
        """Give what lies there, or None."""
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None

    def write(self, rendered: Mapping[str, Mapping[str, bytes]]) -> set[str]:
        """Write those files whose bytes differ; `rendered` has the files of each owner. Give the owners of those."""
        owned = {path: (owner, _digest(data)) for owner, files in rendered.items() for path, data in files.items()}
        # Remembered as ours before they are written: a crash in between leaves no file that nobody would remove.
        self._store.remember_files(owned)
        written = folder.write_all(
            self.root, {path: data for files in rendered.values() for path, data in files.items()}
        )
        return {owned[path][0] for path in written}

    def keep_only(self, owner: str, paths: Iterable[str]) -> None:
        """Remove the files of an owner but for some."""
        self.remove(set(self._store.owned(owner)).difference(paths))

    def remove_others(self, owners: set[str]) -> bool:
        """Remove the files of all owners but some; tell whether there was any."""
        gone = {path: owner for path, owner in self._store.owners().items() if owner not in owners}
        if gone:
            self._store.outdate(set(gone.values()))  # should their definitions come back
            self.remove(gone)
        return bool(gone)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""
        gone = sorted(paths)
        for path in gone:
            folder.remove(self.root, path)
        self._store.forget_files(gone)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
