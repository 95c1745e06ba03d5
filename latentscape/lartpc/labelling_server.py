"""The labelling page: a server for this computer alone, of the standard library."""

import argparse
import json
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from latentscape.errors import InputError
from latentscape.lartpc.labelling import ChoiceBook, open_book
from latentscape.lartpc.settings.checks import TrackChoice

PAGE = Path(__file__).with_name("labelling.html")
ADDRESS = "127.0.0.1"
LONGEST_REQUEST = 10_000
"""Bytes; a choice needs less than a hundred."""
_MOST_DIGITS = 9

# The page may talk to its own server and to nobody else.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class LabellingServer(ThreadingHTTPServer):
    """Serves the page and the events of one book, on 127.0.0.1.

    Parameters
    ----------
    book : ChoiceBook
        The events and choices.
    port : int
        Port; 0 for any free one.
    """

    daemon_threads = True

    def __init__(self, book: ChoiceBook, port: int) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.book = book
        # Requests come on threads of their own; the book is changed by one at a time.
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a browser that leaves before its answer; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def hosts(self) -> tuple[str, str]:
        """Names under which a browser on this computer finds the page."""
        return f"{ADDRESS}:{self.server_port}", f"localhost:{self.server_port}"

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self.hosts[0]}/"


class _RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: LabellingServer
    # Browsers open connections in advance; one that says nothing is closed.
    timeout = 30

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is inherited
        """Say nothing: the page itself shows what goes wrong."""

    def _answer(self, act: Callable[[], tuple[str, bytes]]) -> None:
        try:
            self._require_own_host()
            kind, body = act()
            status = HTTPStatus.OK
        except _RefusedError as refused:
            status = refused.status
            kind, body = _as_json({"error": str(refused)})
        except InputError as error:
            status = HTTPStatus.NOT_FOUND
            kind, body = _as_json({"error": str(error)})
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _require_own_host(self) -> None:
        """Refuse other names of this computer, by which foreign pages could reach the server."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        own = self.server.hosts
        if host not in own:
            raise _RefusedError(
                HTTPStatus.FORBIDDEN, f"host {host!r} is refused; use http://{own[0]}/."
            )
        if origin is not None and origin not in {f"http://{name}" for name in own}:
            raise _RefusedError(HTTPStatus.FORBIDDEN, f"a page of {origin!r} is refused.")

    def _get(self) -> tuple[str, bytes]:
        book, lock = self.server.book, self.server.lock
        match self.path.strip("/").split("/"):
            case [""]:
                return "text/html; charset=utf-8", PAGE.read_bytes()
            case ["progress"]:
                with lock:
                    return _as_json(book.progress())
            case ["event", number] if _is_count(number):
                with lock:
                    return _as_json(book.event(int(number)))
        raise _RefusedError(HTTPStatus.NOT_FOUND, f"there is nothing at {self.path!r}.")

    def _post(self) -> tuple[str, bytes]:
        if self.path != "/choose":
            raise _RefusedError(HTTPStatus.NOT_FOUND, f"nothing can be sent to {self.path!r}.")
        # Read before the book is locked: who sends slowly keeps nobody else waiting.
        asked = self._body()
        book = self.server.book
        with self.server.lock:
            choice = book.choose(asked["number"], asked["plane"], asked["cluster"])
            return _as_json({"choice": choice, **book.progress()})

    def _body(self) -> dict[str, Any]:
        wrong = HTTPStatus.BAD_REQUEST
        if self.headers.get_content_type() != "application/json":
            raise _RefusedError(wrong, "a choice is sent as application/json.")
        length = self.headers.get("Content-Length", "")
        if not _is_count(length) or int(length) > LONGEST_REQUEST:
            raise _RefusedError(wrong, f"a choice has at most {LONGEST_REQUEST} bytes.")
        try:
            asked = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise _RefusedError(wrong, f"not JSON ({error}).") from error
        if not isinstance(asked, dict) or set(asked) != {"number", "plane", "cluster"}:
            raise _RefusedError(wrong, "a choice has number, plane and cluster, and no more.")
        return asked


def _is_count(text: str) -> bool:
    """Return whether a text is a whole number that any event or length may have."""
    return text.isdecimal() and len(text) <= _MOST_DIGITS


def _as_json(content: Any) -> tuple[str, bytes]:
    return "application/json", json.dumps(content).encode()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command ``label``."""
    default = TrackChoice()
    parser.add_argument(
        "--clusters", nargs="+", required=True, metavar="PARQUET", help="clusters of one sample"
    )
    parser.add_argument(
        "--events", metavar="CSV", help="events to label: run, subrun, event; all by default"
    )
    parser.add_argument(
        "--choices", required=True, metavar="TSV", help="where the choices are saved, and resumed"
    )
    parser.add_argument(
        "--min-height",
        type=int,
        default=default.min_height,
        help="clusters on fewer wires are no candidates (%(default)s)",
    )
    parser.add_argument("--port", type=int, default=0, help="port of the page; any free one")


def run(options: argparse.Namespace) -> None:
    """Serve the page until it is interrupted.

    Raises
    ------
    InputError
        If a file is wrong or the port is taken.
    """
    book = open_book(
        options.clusters,
        events=options.events,
        choices=options.choices,
        min_height=options.min_height,
    )
    try:
        server = LabellingServer(book, options.port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "ports are 0 to 65535"
        raise InputError(f"port {options.port}: {reason}. Choose another port.") from error
    counts = book.progress()
    sys.stdout.write(
        f"{counts['done']} of {counts['total']} events are labelled. Open {server.url} in a "
        f"browser; choices are saved in {book.path}. Ctrl-C ends.\n"
    )
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        server.server_close()
