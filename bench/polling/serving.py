"""A server of the documents on all of loopback: nginx where it is installed, else a small one of our own.

While the file `FLAG` lies in the folder it sends no validators and heeds none.
"""

import asyncio
import grp
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FLAG = "without-validators"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NAME = "nginx" if NGINX else "a small server of our own"

CONFIGURATION = """
user {user} {group}; daemon off; worker_processes 1; pid {home}/pid; error_log {home}/errors;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; types {{ application/rss+xml xml; }}
  client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home}; uwsgi_temp_path {home};
  scgi_temp_path {home};
  server {{
    listen {port} backlog=4096; root {folder};
    location / {{ if (-f {folder}/{flag}) {{ rewrite ^/(.*)$ /bare/$1 last; }} }}
    location /bare/ {{
      internal; alias {folder}/; etag off; if_modified_since off; add_header Last-Modified "";
    }}
  }}
}}
"""


def listen() -> socket.socket:
    """Listen on all of loopback, and on nothing else."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    listener.bind(("", 0))
    listener.listen(4096)
    return listener


def switch(folder: Path, *, validators: bool) -> None:
    """Let the server send validators, or none."""
    if validators:
        (folder / FLAG).unlink(missing_ok=True)
    else:
        (folder / FLAG).touch()


@contextmanager
def nginx(folder: Path) -> Iterator[int]:
    """Serve by nginx; give the port. It takes over the socket that NGINX names, as in an upgrade."""
    assert NGINX
    with TemporaryDirectory(prefix="tagwire-bench-nginx-") as home, listen() as listener:
        port = listener.getsockname()[1]
        configuration = Path(home) / "nginx.conf"
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        configuration.write_text(
            CONFIGURATION.format(home=home, port=port, folder=folder, flag=FLAG, user=user, group=group)
        )
        command = [NGINX, "-e", f"{home}/errors", "-p", home, "-c", str(configuration)]
        environment = {**os.environ, "NGINX": f"{listener.fileno()};"}
        with subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()]) as server:
            try:
                yield port
            finally:
                server.terminate()  # not killed: its worker would outlive it


class Serving(asyncio.Protocol):
    """Answers ``GET /NUMBER.xml`` from the folder."""

    folder: Path

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request; ours fit into one packet."""
        path = data[5 : data.index(b" ", 5)].decode()
        validators = not (self.folder / FLAG).exists()
        file = os.open(self.folder / path, os.O_RDONLY)
        stat = os.fstat(file)
        tag = b'"%x"' % stat.st_mtime_ns
        if validators and b"If-None-Match: " + tag in data:
            self.transport.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag)
        else:
            said = b"ETag: %s\r\nLast-Modified: %s\r\n" % (tag, formatdate(stat.st_mtime, usegmt=True).encode())
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%sContent-Length: %d\r\n\r\n"
            body = os.read(file, stat.st_size)
            self.transport.write(head % (said if validators else b"", stat.st_size) + body)
        os.close(file)


def serve(folder: Path, pipe: Connection) -> None:
    """Serve by ourselves until the pipe closes; send the port through it."""

    async def main() -> None:
        listener = listen()
        Serving.folder = folder
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Serving, sock=listener, backlog=4096)
        ended = asyncio.Event()
        loop.add_reader(pipe.fileno(), ended.set)
        pipe.send(listener.getsockname()[1])
        await ended.wait()
        server.close()

    asyncio.run(main())
