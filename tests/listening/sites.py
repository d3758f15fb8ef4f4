"""Sites made up for tests: a blog on loopback whose pages, feeds and troubles a test decides."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Blog(ThreadingHTTPServer):
    """Answers ``pages`` by path as (status, content type, body), everything else with 404; counts what is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, tuple[int, str, bytes]] = {}
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def show(self, path: str, body: str, status: int = 200, kind: str = "text/html; charset=utf-8") -> str:
        self.pages[path] = (status, kind, body.encode())
        return self.url + path


class _Handler(BaseHTTPRequestHandler):
    server: Blog

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked[path] += 1
        status, kind, body = self.server.pages.get(path, (404, "text/html", b"<html>Nothing here</html>"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if 300 <= status < 400:
            self.send_header("Location", body.decode())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running_blog() -> Iterator[Blog]:
    blog = Blog()
    thread = threading.Thread(target=blog.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield blog
    finally:
        blog.shutdown()
        blog.server_close()
        thread.join()


@dataclass
class Comment:
    """One comment as it stands on its page. ``stored``: the words under which it was read last."""

    name: str
    text: str
    anchor: str = ""
    stored: str = ""

    def html(self, layout: str) -> str:
        anchor = f'id="{self.anchor}"' if self.anchor else ""
        if layout == "blog":
            return (
                f'<li class="comment" {anchor}><b class="comment-author">{self.name}</b>'
                f'<div class="comment-content"><p>{self.text}</p></div></li>'
            )
        return f'<div class="reply" {anchor}><span class="user">Par : {self.name}</span><p>{self.text}</p></div>'


@dataclass
class Thread:
    """The comments of one article on one page, and how the page shows them."""

    article: str
    comments: list[Comment] = field(default_factory=list)
    layout: str = "blog"
    trouble: str = ""

    def answer(self) -> tuple[int, str]:
        """(status, HTML): the whole thread, or what the trouble leaves of it."""
        shown = self.comments
        more = ""
        if self.trouble == "refused":
            return 403, "<html><h1>Forbidden</h1></html>"
        if self.trouble == "overloaded":
            return 503, "<html><h1>Busy</h1></html>"
        if self.trouble == "an error with 200":
            return 200, "<html><body><h1>Database error</h1></body></html>"
        if self.trouble == "a consent wall":
            return 200, "<html><body><form><button>Accept all</button></form></body></html>"
        if self.trouble == "paged":
            shown, more = shown[len(shown) // 2 :], '<a href="?page=2">2</a>'
        if self.trouble == "newest first, the rest on demand":
            shown, more = shown[::-1][: len(shown) // 2 + 1], "<button>Load more comments</button>"
        if self.trouble == "more than is shown":
            more = f'<h2 class="comments-title">{len(shown)} comments</h2>'
            shown = shown[1:]
        page = (
            f'<html><body><a href="{self.article}">The article</a><ol>'
            f"{''.join(comment.html(self.layout) for comment in shown)}</ol>{more}</body></html>"
        )
        return 200, page[: len(page) * 2 // 3] if self.trouble == "cut short" else page


TROUBLES = [
    "refused",
    "overloaded",
    "an error with 200",
    "a consent wall",
    "paged",
    "newest first, the rest on demand",
    "more than is shown",
    "cut short",
]
