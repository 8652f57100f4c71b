"""How much a source may cost us, and we a server: every limit of web sources in one place."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading the web may cost; times in seconds, sizes in bytes."""

    deadline: float = 60
    """For one source's whole exchange, redirects included; waiting for a host's turn does not count."""
    connecting: float = 15
    stall: float = 20
    """How long a server may send nothing at all."""
    header_bytes: int = 64 * 1024
    """Of one answer."""
    wire_bytes: int = 20_000_000
    """Of one answer's body as it is sent."""
    body_bytes: int = 20_000_000
    """Of one answer's body, unpacked."""
    redirects: int = 5

    at_once: int = 128
    """Sources between the begin of their transfer and their reading; also bounds connections and open files."""
    waiting: int = 1024
    """Sources taken from the caller whose reading has not come home yet, those waiting for a host included."""
    per_host: int = 2
    """Requests under way to one host."""
    pause: float = 0.5
    """Between two requests to one host."""

    parsers: int = 2
    """Worker processes."""
    parser_start: float = 60
    """How long a new worker may take to be ready."""
    parse_deadline: float = 20
    """For one document."""
    parse_patience: float = 3
    """The same while others wait; it is begun anew then, in one more process that such documents share."""
    parse_memory: int = 1024**3
    """A worker's address space."""
    articles: int = 5_000
    """Of one document; the newest are read."""

    longest_hint: timedelta = timedelta(days=31)
    """The most that a server's wishes for the schedule are believed."""
    unconditional: timedelta = timedelta(days=4)
    """How often a document is asked for without a condition, to get past a server that is stuck on 304."""
