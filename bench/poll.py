"""How fast ten thousand web sources are read, against a bare curl loop over the same addresses.

Documents are made up here (seeded) and served on loopback, by nginx where it is installed, each from a host of its own
(127.x.y.z), with ETag and Last-Modified. Three sides take turns over the same addresses, each in a process of its own:

floor    a bare curl multi loop; where documents are new, feedparser (sanitising and resolving off) and nh3 on two cores
tagwire  the whole pipeline: claim, read, tag, match, keep
reader   the PyPI package of that name, where it is installed

What is told is the median of the rounds: seconds, processor seconds with those of the workers, and how many times the
floor's. Memory is what belongs to a side and its workers (PSS), at its greatest.

Run it with ``./dev bench poll [SOURCES [ROUNDS [SIDE ...]]]``; 1,000 sources, 5 rounds and all sides if nothing is
said; the floor always takes part. Of ten thousand sources, `reader` takes more than ten minutes.
"""

import gc
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from polling.documents import ENTRIES, Author, host
from polling.scales import Scales
from polling.serving import NAME, NGINX, nginx, serve, switch
from polling.sides import CHANGED, COLD, EQUAL, SETTLED, SIDES, WARM

SOURCES, ROUNDS = 1_000, 5
ONE_IN = 10
"""Every so manieth source has something new where some have."""
SCENES = (COLD, WARM, CHANGED, SETTLED, EQUAL)


class Cost(NamedTuple):
    """What a scene cost a side."""

    seconds: float
    processor: float
    memory: int


Found = dict[str, dict[str, list[Cost]]]
"""By scene and side; each scene has all sides that take part."""


def work(side: str, urls: list[str], pipe: Connection) -> None:
    """Be one side: run scenes as asked for, and tell what each cost."""
    worker = SIDES[side](urls)
    while scene := pipe.recv():
        if hasattr(worker, "prepare"):
            worker.prepare(scene)
        gc.collect()
        with Scales() as scales:
            start, before = time.perf_counter(), _processor()
            worker.scene(scene)
            took, spent = time.perf_counter() - start, _processor() - before
        pipe.send(Cost(took, spent, scales.most))
    if hasattr(worker, "end"):
        worker.end()


def _processor() -> float:
    """Give the processor seconds so far; those of workers count when they have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


@contextmanager
def process(target: Callable[..., None], *arguments: object) -> Iterator[Connection]:
    """Run a function in a process of its own, with a pipe to it; it ends with its pipe."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=target, args=(*arguments, theirs))
    child.start()
    theirs.close()
    try:
        yield ours
        if target is work:
            ours.send("")
    finally:
        ours.close()
        child.join(60)
        child.kill()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Serve the folder; give the port."""
    if NGINX:
        with nginx(folder) as port:
            yield port
    else:
        with process(serve, folder) as pipe:
            yield pipe.recv()


def main(count: int, rounds: int, sides: list[str]) -> None:
    """Let the sides take turns, and print the medians."""
    found: Found = {scene: {side: [] for side in sides} for scene in SCENES}
    with TemporaryDirectory(prefix="tagwire-bench-documents-") as name:
        folder = Path(name)
        author = Author(folder)
        for number in range(count):
            author.write(number)
        size = sum(file.stat().st_size for file in folder.iterdir()) / count / 1024
        print(f"{count:,} sources, {size:.0f} KiB each with {ENTRIES} entries, served by {NAME}; {rounds} rounds")
        with serving(folder) as port:
            urls = [f"http://{host(number)}:{port}/{number}.xml" for number in range(count)]
            play(found, urls, author, rounds)
    report(found)


def play(found: Found, urls: list[str], author: Author, rounds: int) -> None:
    """Play all scenes in each round, the sides in turns within each scene."""
    with ExitStack() as stack:
        pipes = {side: stack.enter_context(process(work, side, urls)) for side in found[COLD]}
        for turn in range(1, rounds + 1):
            for scene in SCENES:
                if scene == CHANGED:
                    for number in range(turn % ONE_IN, len(urls), ONE_IN):
                        author.write(number, news=turn)
                switch(author.folder, validators=scene not in {SETTLED, EQUAL})
                for side, pipe in pipes.items():
                    pipe.send(scene)
                    found[scene][side].append(pipe.recv())
            print(f"round {turn} of {rounds} done", file=sys.stderr)


def report(found: Found) -> None:
    """Print seconds, processor seconds, and ratios to the floor; what only leads from scene to scene is left out."""
    print(f"\n{'':22}" + "".join(f"{side:>28}" for side in found[COLD]))
    for scene in SCENES:
        if scene == SETTLED:
            continue
        medians = {side: _median(costs) for side, costs in found[scene].items()}
        floor = medians["floor"].seconds
        cells = [f"{it.seconds:7.2f} s {it.processor:7.2f} cpu {it.seconds / floor:5.2f}x" for it in medians.values()]
        print(f"{scene:22}" + "".join(f"{cell:>28}" for cell in cells))
    for side in found[COLD]:
        peak = max(cost.memory for sides in found.values() for cost in sides[side])
        print(f"peak memory of {side}: {peak / 1e6:.0f} MB with its workers")


def _median(costs: list[Cost]) -> Cost:
    return Cost(*map(statistics.median, zip(*costs, strict=True)))


if __name__ == "__main__":
    said = [int(text) for text in sys.argv[1:3]]
    if unknown := set(sys.argv[3:]) - SIDES.keys():
        sys.exit(f"there is no side {', '.join(unknown)}; there are {', '.join(SIDES)}")
    main(*said, *(SOURCES, ROUNDS)[len(said) :], sides=list(dict.fromkeys(["floor", *(sys.argv[3:] or SIDES)])))
