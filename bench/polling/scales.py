"""Weighs a process and its children."""

import threading
from pathlib import Path
from typing import Self


class Scales:
    """Weighs us and our children again and again, in a thread of its own."""

    def __init__(self) -> None:
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._weigh)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _weigh(self) -> None:
        while True:
            children = [pid for task in Path("/proc/self/task").iterdir() for pid in _read(task / "children").split()]
            sizes = [_pss(Path("/proc") / pid) for pid in ["self", *children]]
            self.most = max(self.most, sum(sizes))
            if self.ended.wait(0.5):
                return


def _pss(process: Path) -> int:
    """Give the bytes of a process; of what several share, each has its part."""
    lines = _read(process / "smaps_rollup").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""
