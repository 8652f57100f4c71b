"""A worker process: parses the documents that it is handed over a pipe, one after another.

It is started by `parsing` as ``python -m tagwire.sources.worker FD MEMORY DEADLINE`` and ends with its pipe.
"""

import resource
import signal
import sys
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection

from tagwire.errors import SourceError
from tagwire.sources.discovery import PageError
from tagwire.sources.documents import read_document
from tagwire.sources.exchange import shortened
from tagwire.sources.parsing import Answer, Job


def main(fd: int, memory: int, deadline: float) -> None:
    """Answer each ``(content, job)`` with an `Answer` until the pipe closes.

    Args:
        fd: of our end of the pipe.
        memory: the most bytes of address space.
        deadline: seconds for a document; who waits for it kills us then, and if there is nobody left to do so, the
            clock that is set here does.

    """
    warnings.simplefilter("ignore")
    for theirs in (signal.SIGINT, signal.SIGTERM):  # they are meant for the parent, which ends us in its own time
        signal.signal(theirs, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Connection(fd) as pipe, suppress(BrokenPipeError):  # who waits for us has ended
        pipe.send("ready")
        while True:
            try:
                content, job = pipe.recv()
            except EOFError:
                return
            signal.setitimer(signal.ITIMER_REAL, deadline * 2 + 10)
            pipe.send(_answer(content, job))
            signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(content: bytes, job: Job) -> Answer:
    instead = None
    try:
        return read_document(content, job), "", None
    except PageError as error:
        why, instead = str(error), error.feeds
    except SourceError as error:
        why = str(error)
    except MemoryError:
        why = "the document needs more memory than its parser may use"
    except Exception as error:  # noqa: BLE001 - whatever a document does to its parser is its source's failure
        why = f"the document cannot be parsed: {shortened(f'{type(error).__name__}: {error}')}"
    return None, why, instead


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
