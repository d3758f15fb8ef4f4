"""What every double has: a server on loopback, a memory of what was asked, faults on request, and its contract."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.networks.doubles.controls import control_of

CONNECTION, APP, REACTION = "/_double/connection", "/_double/app", "/_double/reaction"
"""Addresses that are no network's: a demo runs the double in another process."""
LARGEST_BODY = 64 * 1024 * 1024


class ContractBroken(AssertionError):
    """A message that the official document does not allow."""


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: tests read the double's own memory."""


@dataclass
class Fault:
    """The next request for which ``matches`` is true is answered with ``response``, or carried out and not answered.

    ``response`` None: carried out as usual, and the connection is closed before the answer.
    """

    matches: Callable[[Request], bool]
    response: Response | None


class Double(ABC):
    """One network on loopback. Subclasses keep its state and answer; they may be asked by several threads at once."""

    slug: str

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.url = ""
        self.requests: list[tuple[str, str]] = []
        self.breaches: list[str] = []
        self.faults: list[Fault] = []

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Carry out one request. Called under the lock."""

    def _control(self, request: Request) -> Response:
        control = control_of(self)
        if request.path == CONNECTION:
            return _json({"server_url": self.url, **control.connection()})
        asked = request.get_json(force=True)
        if request.path == APP:
            return _json(self.create_app(asked["redirect_uri"]))
        try:
            return _json({"id": control.reader_writes(asked["by"], asked["text"], asked.get("post", ""))})
        except (LookupError, TypeError, ValueError) as error:
            return _json({"error": type(error).__name__}, 404)

    def create_app(self, redirect_uri: str) -> dict[str, str]:
        """What a provider's console does: take the desk's return address, and show the keys of the newsroom's app.

        By the names of ``Connecting.app_fields``; none where the network wants no app. Where there is a consent screen it
        is a page with one form: the choices in it are ticked boxes, its button ``decision`` says ``agree`` or ``refuse``.
        """
        return {}

    @abstractmethod
    def check(self, request: Request, response: Response) -> None:
        """Raise ContractBroken where the official document allows not the request or not the answer."""

    @Request.application
    def __call__(self, request: Request) -> Response:
        if request.path == "/favicon.ico":  # asked by a browser that shows the consent screen, not by the desk
            return Response(status=404)
        request.max_content_length = LARGEST_BODY
        request.get_data(cache=True, parse_form_data=False)
        with self.lock:
            self.requests.append((request.method, request.path))
            fault = next((fault for fault in self.faults if fault.matches(request)), None)
            if fault is not None:
                self.faults.remove(fault)
                if fault.response is not None:
                    return fault.response
            if request.path in {CONNECTION, APP, REACTION}:
                return self._control(request)
            response = self.answer(request)
            try:
                self.check(request, response)
            except ContractBroken as error:
                self.breaches.append(f"{request.method} {request.path}: {error}")
            return response if fault is None else _cut(response)


def _json(data: Any, status: int = 200) -> Response:
    return Response(json.dumps(data), status, content_type="application/json")


def _cut(response: Response) -> Response:
    """An answer that promises more than it brings, so that whoever reads it sees a broken connection."""
    body = response.get_data()
    cut = Response(body[: len(body) // 2], status=response.status, headers=response.headers)
    cut.headers["Content-Length"] = str(len(body) + 100)
    cut.headers["Connection"] = "close"
    return cut


@contextmanager
def served(double: Double, port: int = 0) -> Iterator[Double]:
    """Serve ``double`` on loopback for a block; its address is in ``double.url``."""
    server = make_server("127.0.0.1", port, double, threaded=True, request_handler=_QuietHandler)
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
