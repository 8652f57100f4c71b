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
        return {owner for path, owner in self._store.owners().items() if not (self.root / path).is_file()}

    def read(self, path: str) -> bytes | None:
        """Give what lies there, or None."""
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None

    def write(self, owner: str, rendered: Mapping[str, bytes]) -> bool:
        """Write those files whose bytes differ; tell whether there was any."""
        # Remembered as ours before they are written: a crash in between leaves no file that nobody would remove.
        digests = {path: hashlib.blake2b(data, digest_size=16).hexdigest() for path, data in rendered.items()}
        self._store.remember_files(owner, digests)
        written = [path for path, data in rendered.items() if folder.write(self.root, path, data)]
        return bool(written)

    def keep_only(self, owner: str, paths: Iterable[str]) -> None:
        """Remove the files of an owner but for some."""
        wanted = set(paths)
        self.remove(path for path, mine in self._store.owners().items() if mine == owner and path not in wanted)

    def remove_others(self, owners: set[str]) -> bool:
        """Remove the files of all owners but some; tell whether there was any."""
        gone = [path for path, owner in self._store.owners().items() if owner not in owners]
        self.remove(gone)
        return bool(gone)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files."""
        gone = sorted(paths)
        for path in gone:
            folder.remove(self.root, path)
        self._store.forget_files(gone)
