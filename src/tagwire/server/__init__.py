"""Serve: the files of ``output/`` over HTTP, as they lie there at the moment of asking.

Any web server over the folder does the same job; this one needs no configuration, gives strong ETags and never
shows a reader half a file, because files are replaced in one stroke and answered from one reading of their bytes.
"""

from tagwire.server.application import Application
from tagwire.server.listening import serve

__all__ = ["Application", "serve"]
