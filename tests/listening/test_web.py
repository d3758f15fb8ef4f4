"""Feeds and pages as sources, over real HTTP on loopback."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from smeditor.listening import poll
from smeditor.models import Reaction, Source
from tests.listening.double import T0, message

pytestmark = pytest.mark.django_db


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = self.server.answers[self.path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        for chunk in body:
            try:
                self.wfile.write(chunk)
            except OSError:
                return

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.url = {}, f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def feed(*links: str) -> tuple[str, list[bytes]]:
    items = "".join(
        f"<item><guid>{n}</guid><title>Entry {n}</title><description>&lt;a href='{link}'&gt;Read&lt;/a&gt;</description></item>"
        for n, link in enumerate(links)
    )
    return "application/rss+xml", [f"<rss version='2.0'><channel><title>Blog</title>{items}</channel></rss>".encode()]


def thread_about(link: str) -> tuple[str, list[bytes]]:
    comments = "".join(
        f"<li id='comment-{n}'><b class='comment-author'>{name}</b><div class='comment-content'>Is it free, {name}?</div></li>"
        for n, name in enumerate(("Léa", "Max"))
    )
    return "text/html; charset=utf-8", [f"<title>Talk</title><a href='{link}'>tram</a><ol>{comments}</ol>".encode()]


def test_of_a_feed_only_what_is_about_an_article_is_kept(web, article):
    web.answers["/feed"] = feed(article.full_url, "https://elsewhere.example/")
    source = Source.objects.create(kind="feed", url=f"{web.url}/feed")
    assert poll.run_due(T0, "w") == 1
    reaction = Reaction.objects.get()
    assert (reaction.kind, reaction.article_id, reaction.attached_by) == ("feed", article.pk, "link")
    source.refresh_from_db()
    assert (source.name, source.problem, source.lease_until) == ("Blog", "", None)


def test_the_comments_of_a_page_belong_to_the_article_that_it_links_to(web, article):
    web.answers["/t"] = thread_about(article.full_url)
    Source.objects.create(kind="page", url=f"{web.url}/t")
    assert poll.run_due(T0, "w") == 2
    assert set(Reaction.objects.values_list("kind", "article", "attached_by")) == {("comment", article.pk, "source")}
    poll.run_due(T0 + timedelta(days=1), "w")
    assert Reaction.objects.count() == 2


def test_a_page_about_something_else_leaves_nothing(web, article):
    web.answers["/t"] = thread_about("https://elsewhere.example/")
    Source.objects.create(kind="page", url=f"{web.url}/t")
    assert poll.run_due(T0, "w") == 0


@pytest.mark.parametrize(
    ("kind", "answer", "sentence"),
    [
        ("feed", ("text/plain", [b"no feed"]), "There is no feed at this address: what came is not XML."),
        ("page", ("text/html", [b"x" * 1_000_000] * 50), "is larger than 2000 kB and was not read to its end."),
        ("page", ("image/png", [b"x"]), "is no web page (image/png)."),
    ],
)
def test_bad_input_is_a_sentence_and_the_others_go_on(web, account, square, kind, answer, sentence):
    web.answers["/bad"] = answer
    Source.objects.create(kind=kind, url=f"{web.url}/bad", name="bad")
    square.say(message("r1"))
    assert poll.run_due(T0, "w") == 1
    assert sentence in Source.objects.get(name="bad").problem


def test_a_server_that_cannot_be_reached_is_a_sentence(db):
    Source.objects.create(kind="feed", url="http://127.0.0.1:9/feed")
    poll.run_due(T0, "w")
    assert Source.objects.get().problem == "127.0.0.1 cannot be reached. It will be tried again."
