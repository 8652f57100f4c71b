"""Other web servers over ``output/``, by the configurations in the documentation: they answer as our own server does.

Each is Debian's package; where one is absent, its tests are skipped, and say so.
"""

import http.client
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest

import manual
import processes
import sites
from tagwire.server.mediatypes import FEED_TYPES, SAFE, TYPES, with_charset

DEPLOY = manual.ROOT / "docs" / "deploy"


def renaming(beginning: str) -> str:
    """Give what the documentation says to write for a renamed feed."""
    blocks = (DEPLOY.parent / "running.md").read_text().split("```")
    return next(lines for block in blocks if (lines := block.partition("\n")[2]).startswith(beginning))


def sample_of(name: str, daemon: str) -> str:
    """Give a configuration as it is documented; where there is a daemon, with what a comment says of it."""
    sample = (DEPLOY / name).read_text()
    return (
        re.sub(r"^([ \t]+)#   ", r"\1", sample, flags=re.MULTILINE).replace("127.0.0.1:8000", daemon)
        if daemon
        else sample
    )


def nginx(home: Path, output: Path, port: int, daemon: str) -> list[str]:
    sample = sample_of("nginx.conf", daemon)
    sample = sample.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("    listen [::]:80;\n", "")
    sample = sample.replace("/srv/tagwire/output", str(output))
    sample = sample.replace("    # What is being", f"    {renaming('rewrite')}\n    # What is being")
    temporary = "".join(
        f"{name}_temp_path {home}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "sample.conf").write_text(sample)
    (home / "nginx.conf").write_text(
        f"user root;\ndaemon off;\nworker_processes 1;\npid {home}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {home}/sample.conf;\n}}\n"
    )
    return ["nginx", "-p", str(home), "-c", str(home / "nginx.conf")]


def caddy(home: Path, output: Path, port: int, daemon: str) -> list[str]:
    sample = sample_of("Caddyfile", daemon)
    sample = sample.replace("\nnews.example.org {", f"\nhttp://127.0.0.1:{port} {{")
    sample = sample.replace("\thandle {", f"{renaming('@')}\n\thandle {{")
    (home / "Caddyfile").write_text("{\n\tadmin off\n}\n" + sample.replace("/srv/tagwire/output", str(output)))
    return ["caddy", "run", "--config", str(home / "Caddyfile"), "--adapter", "caddyfile"]


class Served:
    """A site behind a web server."""

    def __init__(self, site: sites.Site, port: int) -> None:
        self.site = site
        self._port = port

    def ask(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=processes.PATIENCE)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): each for name, each in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.ask("/")[0] == 200
        except OSError:
            return False


Command: TypeAlias = Callable[[Path, Path, int, str], list[str]]


@contextmanager
def serving(command: Command, home: Path, site: sites.Site, daemon: str = "") -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = home / "log"
    environment = {"HOME": str(home), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    with (
        log.open("wb") as file,
        subprocess.Popen(
            command(home, site.root / "output", port, daemon),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment,
        ) as process,
    ):
        try:
            found = Served(site, port)
            processes.until(found.answers, log.read_text)
            yield found
        finally:
            process.terminate()
            process.wait(processes.PATIENCE)


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda each: each.__name__)
def command(request: pytest.FixtureRequest) -> Command:
    if shutil.which(request.param.__name__) is None:
        pytest.skip(f"no {request.param.__name__}: install Debian's package")
    return request.param


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> sites.Site:
    site = sites.make(tmp_path_factory.mktemp("behind") / "site")
    for number in range(3):
        site.write(
            f"sources/articles/{number}.md", f"---\ntitle: 上汽 {number}\ntags: [SAIC]\n---\n\n{'Text. ' * 200}\n"
        )
    site.write("feeds/saic-motor.toml", 'was = ["car-maker"]\nlimit = 1')
    site.write("feeds/board.toml", "private = true")
    site.refresh()
    return site


@pytest.fixture(scope="module")
def served(command: Command, site: sites.Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(command, tmp_path_factory.mktemp(command.__name__), site) as found:
        yield found


def test_each_file_is_told_as_our_own_server_tells_it(served: Served) -> None:
    files = served.site.output()
    assert {Path(path).suffix for path in files} == {".html", ".css", ".js", ".opml", *FEED_TYPES}
    for path, body in files.items():
        status, headers, told = served.ask(f"/{path}")
        suffix = Path(path).suffix
        assert (path, status, told) == (path, 200, body)
        assert headers["Content-Type"].replace("text/javascript", TYPES[".js"]) == with_charset(TYPES[suffix])
        assert headers["Access-Control-Allow-Origin"] == ("*" if suffix in FEED_TYPES else None)
        assert {name: headers[name] for name in SAFE} == SAFE


@pytest.mark.parametrize("path", ["/all.atom", "/all.html", "/all.json"])
def test_what_a_reader_has_already_is_not_sent_again(served: Served, path: str) -> None:
    _, headers, _ = served.ask(path)
    for condition in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        status, again, body = served.ask(path, **condition)
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])


def test_what_was_published_since_is_sent(served: Served) -> None:
    _, before, _ = served.ask("/all.atom")
    for number in range(3):  # all within a second, and of the same size
        served.site.write("feeds/all.toml", f'title = "Al{number}"')
        served.site.run("publish")
        status, after, _ = served.ask("/all.atom", If_None_Match=before["ETag"])
        assert status == 200
        before = after


def test_readers_that_can_unpack_get_less(served: Served) -> None:
    _, whole, body = served.ask("/all.atom")
    _, packed, less = served.ask("/all.atom", Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert "accept-encoding" in packed["Vary"].lower()
    assert len(less) < len(body)
    assert whole["Content-Encoding"] is None


def test_folders_lead_to_their_lists_and_dotted_names_to_nothing(served: Served) -> None:
    pages = served.site.output()
    assert served.ask("/")[2] == pages["index.html"]
    status, headers, _ = served.ask("/tags")
    assert status in {301, 308}
    assert headers["Location"] == "/tags/"
    assert served.ask("/tags/")[2] == pages["tags/index.html"]
    served.site.write("output/.tagwire-half.tmp", "half")
    assert served.ask("/.tagwire-half.tmp")[0] == 404
    (served.site.root / "output" / ".tagwire-half.tmp").unlink()
    assert served.ask("/nothing.atom")[0] == 404


@pytest.mark.parametrize("rest", ["{}.atom", "{}.html", "archive/{}/0001.atom"])
def test_a_renamed_feed_is_found_by_its_old_addresses(served, rest):
    status, headers, _ = served.ask("/" + rest.format("car-maker"))
    assert status == 301
    assert headers["Location"] == "/" + rest.format("saic-motor")
    assert served.ask(headers["Location"])[0] == 200
    assert served.ask("/car-maker-2.atom")[0] == 404


def test_what_the_daemon_answers_is_told_as_it_tells_it(command: Command, site: sites.Site, tmp_path: Path) -> None:
    private = urlsplit(site.run("token", "show", "board").stdout.strip()).path
    with processes.served(site.root) as address:
        place = urlsplit(address)
        daemon = Served(site, place.port)
        with serving(command, tmp_path, site, place.netloc) as proxied:
            assert proxied.ask("/index.html")[2] == site.output()["index.html"]
            for path in (private, private.replace(".atom", ".html"), "/feed.atom?q=*", "/search?q=Text", "/nothing"):
                (status, headers, body), (own_status, own, own_body) = proxied.ask(path), daemon.ask(path)
                assert (path, status, body) == (path, own_status, own_body)
                told = {"Access-Control-Allow-Origin", "Cache-Control", "Content-Type", "ETag", "Referrer-Policy"}
                for name in told | {"X-Robots-Tag", *SAFE}:
                    assert (path, name, headers.get_all(name)) == (path, name, own.get_all(name))
