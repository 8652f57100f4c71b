"""What can go wrong, by whose turn it is to act.

Every error renders itself as ``what: subject: detail``, so that a log line is complete without a traceback.
Anything that is not a `TagwireError` is a bug and keeps its traceback.
"""

from dataclasses import dataclass


class TagwireError(Exception):
    """The family of everything Tagwire raises on purpose.

    Args:
        what: what could not be done, in the user's words.
        subject: the file, source or address it happened to.
        detail: why; by default the message of the exception that caused it.

    """

    exit_code = 1

    def __init__(self, what: str, subject: object = "", detail: str = "") -> None:
        """Remember the parts, so that callers may show them apart."""
        super().__init__(what, subject, detail)
        self.what = what
        self.subject = str(subject)
        self.detail = detail

    def __str__(self) -> str:
        """Render ``what: subject: detail``, leaving out what is empty."""
        detail = self.detail or (str(self.__cause__) if self.__cause__ else "")
        return ": ".join(part for part in (self.what, self.subject, detail) if part)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in one of the user's files, and what would be right."""

    file: str
    line: int | None
    what: str
    right: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """Render ``file:line: what; what would be right`` as compilers do."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        mood = "warning: " if self.warning else ""
        return f"{place}: {mood}{self.what}" + (f"; {self.right}" if self.right else "")


class DefinitionError(TagwireError):
    """A definition or the usage is wrong; the user mends a file and no traceback is shown."""

    exit_code = 2

    def __init__(self, what: str, subject: object = "", detail: str = "", problems: tuple[Problem, ...] = ()) -> None:
        """Remember every problem found, not only the first."""
        super().__init__(what, subject, detail)
        self.problems = problems


class SourceError(TagwireError):
    """One source failed; it is recorded, and the others go on."""


class StoreError(TagwireError):
    """The store failed; nothing can go on."""

    exit_code = 3


class BusyError(StoreError):
    """Another process works on the store for longer than we waited; trying again helps."""


class HeldError(TagwireError):
    """Another process holds the site."""

    exit_code = 4
