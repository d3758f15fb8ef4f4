"""Threads as blogs and forums write them, and pages that nobody should write."""

import time
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer, TooLarge
from smeditor.networks.client import GuardedClient
from smeditor.networks.pages import PageSource, read_page

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://forum.example/t/tram"
ARTICLE = "https://paper.example/transport/tram/"
LINK = f'<a href="{ARTICLE}?utm_source=forum#top">the article</a>'

SEENTHIS = f"""<html><head><title>Le tram</title></head><body><section class="auteur12">
<article data-article-id="900"><a name="message900"></a><div class="texte_reponse auteur12">
<div class="auteur_date"><span class="auteur"><a href="https://forum.example/people/lea"><strong>Léa</strong>
<span class="login"> @lea</span></a></span>
<span class="date"><a href="/messages/900"><time datetime="2026-03-10T09:00:00Z">10/03</time></a></span></div>
<div id="texte900"><p>Lisez {LINK} sur le tram.</p></div></div></article>
<ul class="reponses"><li class="reponse"><article data-article-id="901"><div class="texte_reponse auteur13">
<div class="auteur_date"><span class="auteur"><a href="https://forum.example/people/max"><strong>Max</strong></a></span>
<span class="date"><a href="/messages/900#message901"><time datetime="2026-03-10T10:00:00Z">10/03</time></a></span></div>
<div id="texte901"><p>Et le dimanche&nbsp;?</p></div></div></article></li></ul></section></body></html>"""

WORDPRESS = f"""<body><p>{LINK}</p><ol class="comment-list">
<li id="comment-5" class="comment"><article class="comment-body"><footer><div class="comment-author vcard">
<b class="fn"><a href="https://lea.example/">Léa</a></b></div><div class="comment-metadata">
<a href="https://forum.example/t/tram#comment-5"><time datetime="2026-03-10T09:00:00+01:00">then</time></a></div></footer>
<div class="comment-content"><p>Is it free?</p></div></article>
<ol class="children"><li id="comment-6" class="comment"><div class="comment-author"><b class="fn">Max</b></div>
<div class="comment-content"><p>I ask too.</p></div></li></ol></li></ol></body>"""

PHPBB = f"""<div id="p71" class="post bg2"><div class="inner"><dl class="postprofile"><dt><a class="username">Léa</a></dt></dl>
<div class="postbody"><h3><a href="#p71">Tram</a></h3><p class="author"><a href="./viewtopic.php?p=71#p71">¶</a>
by <strong><a href="./memberlist.php?u=2" class="username">Léa</a></strong> » <time datetime="2026-03-10T09:00:00+00:00">t</time></p>
<div class="content">Read {LINK}.</div><div class="signature">Yours</div></div></div></div>
<div id="p72" class="post bg1"><p class="author">by <strong><a href="./memberlist.php?u=3" class="username">Max</a></strong></p>
<div class="content">Not on Sundays.</div></div>"""

DISCOURSE = f"""<div itemscope itemtype="http://schema.org/DiscussionForumPosting">{LINK}
<div id="post_1" itemprop="comment" itemscope itemtype="http://schema.org/Comment" class="topic-body crawler-post">
<span class="creator" itemprop="author" itemscope itemtype="http://schema.org/Person"><a itemprop="url" href="/u/lea">
<span itemprop="name">lea</span></a></span><time datetime="2026-03-10T09:00:00Z" itemprop="datePublished">then</time>
<div class="post" itemprop="text"><p>Free on Sundays?</p></div></div></div>"""

INDIEWEB = f"""<article class="h-entry"><div class="e-content">{LINK}</div>
<div class="u-comment h-cite"><a class="p-author h-card" href="https://lea.example/">Léa</a>
<a class="u-url" href="https://lea.example/notes/1"><time class="dt-published" datetime="2026-03-10T09:00:00Z">t</time></a>
<p class="p-content">Free on Sundays?</p></div></article>"""

JSON_LD = """<script type="application/ld+json">{"@type":"Article","comment":[{"@type":"Comment","text":"Free on Sundays?",
"url":"/t/tram#c1","datePublished":"2026-03-10T09:00:00Z","author":{"@type":"Person","name":"Léa"}}]}</script>"""

PLAIN = """<div class="reply" id="r1"><span class="user">Léa</span><p>Free on Sundays?</p></div>
<div class="reply"><span class="user">Max</span><p>I ask too.</p></div>"""


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def read(html: str):
    return read_page(html.encode(), URL, [ARTICLE], NOW)


@pytest.mark.parametrize(
    ("layout", "html", "people"),
    [
        ("SeenThis", SEENTHIS, ["Léa @lea", "Max"]),
        ("WordPress", WORDPRESS, ["Léa", "Max"]),
        ("phpBB", PHPBB, ["Léa", "Max"]),
        ("schema.org", DISCOURSE, ["lea"]),
        ("microformats", INDIEWEB, ["Léa"]),
        ("JSON-LD", JSON_LD, ["Léa"]),
        ("comments", PLAIN, ["Léa", "Max"]),
    ],
)
def test_each_kind_of_thread_is_read(layout, html, people):
    result = read(html)
    assert result.layout == layout
    assert [comment.author.display_name for comment in result.comments] == people
    assert len({comment.native_id for comment in result.comments}) == len(people)


def test_a_page_is_about_the_article_that_it_links_to_whatever_the_link_carries():
    assert read(SEENTHIS).about == (ARTICLE,)
    assert read(PLAIN).about == ()


def test_a_comment_has_its_words_its_time_its_address_and_what_it_answers():
    first, second = read(WORDPRESS).comments
    assert (first.text, first.published_at) == ("Is it free?", datetime(2026, 3, 10, 8, 0, tzinfo=UTC))
    assert (first.native_id, first.author.remote_id) == (f"{URL}#comment-5", "https://lea.example/")
    assert (second.native_id, second.in_reply_to) == (f"{URL}#comment-6", f"{URL}#comment-5")
    assert second.text == "I ask too."


def test_a_signature_is_no_part_of_the_words():
    assert read(PHPBB).comments[0].text == f"Read the article ({ARTICLE}?utm_source=forum#top)."


def test_a_comment_without_a_date_or_an_address_is_known_again():
    first = read(PLAIN).comments[1]
    again = read_page(PLAIN.encode(), URL, [], datetime(2026, 3, 11, tzinfo=UTC)).comments[1]
    assert first.native_id == again.native_id
    assert first.published_at == NOW


@pytest.mark.parametrize(
    "html",
    [
        "<div class=comment>" * 100_000,
        "<div class=comment><p>x</p></div>" * 50_000,
        "<a href=x" * 150_000,
        "<" * 1_000_000,
        '<p class="' * 100_000,
        "<p><b>x" * 100_000,
        "<script>" * 100_000,
        "<!--" * 200_000,
        "<li id=comment-1><div class=comment-content>x" * 40_000,
    ],
    ids=["deep", "flat", "unclosed", "angles", "quotes", "unbalanced", "scripts", "remarks", "comments"],
)
def test_a_hostile_page_takes_bounded_time(html):
    started = time.process_time()
    read(html)
    assert time.process_time() - started < 20


def test_fifty_megabytes_are_stopped_on_their_way():
    def big(request):
        return httpx.Response(200, headers={"content-type": "text/html"}, content=(b"x" * 65_536 for _ in range(800)))

    client = GuardedClient(transport=httpx.MockTransport(big), resolver=lambda host, port: ["93.184.216.34"])
    with pytest.raises(TooLarge) as caught:
        PageSource(client).fetch("https://forum.example/")
    assert "2000 kB" in caught.value.sentence


def test_what_is_no_page_is_named():
    def image(request):
        return httpx.Response(200, headers={"content-type": "image/png"}, content=b"x")

    client = GuardedClient(transport=httpx.MockTransport(image), resolver=lambda host, port: ["93.184.216.34"])
    with pytest.raises(BadAnswer) as caught:
        PageSource(client).fetch("https://forum.example/")
    assert "image/png" in caught.value.sentence


@fuzzing(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, len(WORDPRESS)))
def test_nothing_on_a_page_is_an_error(noise, at):
    page = WORDPRESS.encode()
    read_page(page[:at] + noise + page[at:], URL, [ARTICLE], NOW)


def thread(*comments: str, before: str = "", after: str = "") -> str:
    return f"<html><body>{before}<ol>{''.join(comments)}</ol>{after}</body></html>"


def comment(text: str, name: str = "Léa", attributes: str = "", link: str = "") -> str:
    return f"<li class='comment' {attributes}><cite>{name}</cite> {link}<div class='comment-content'>{text}</div></li>"


@pytest.mark.parametrize(
    "comments",
    [
        [comment(f"Words {n}") for n in range(3)],
        [comment(f"Words {n}", link="<a href='#top' rel='bookmark'>¶</a>") for n in range(3)],
        [comment(f"Words {n}", link=f"<a href='{ARTICLE}' rel='bookmark'>¶</a>") for n in range(3)],
        [comment(f"Words {n}", attributes="id='c'") for n in range(3)],
        [comment("The same words")] * 3,
    ],
    ids=["no anchors", "a link to the top", "a link to the article", "one anchor for all", "the same words"],
)
def test_a_place_that_several_comments_share_is_the_address_of_none(comments):
    """L1: an anchor or a link that all comments of a page carry tells them not apart."""
    items = read(thread(*comments)).comments
    assert len({item.native_id for item in items}) == 3
    assert {item.permalink for item in items} == {""}


def test_a_name_makes_nobody_one_and_an_address_only_its_own():
    """L4: those who sign alike are each their own; the address of the page is nobody's."""
    page = thread(
        comment("One", "Someone"),
        comment("Two", "Someone"),
        comment("Three", "<a href='/'>Someone</a>"),
        comment("Four", "<a href='https://zoe.example/'>Zoé</a>"),
        comment("Five", "<a href='https://zoe.example/'>Zoé</a>"),
    )
    people = [item.author.remote_id for item in read(page).comments]
    assert len(set(people)) == 4
    assert people[3] == people[4] == "https://zoe.example/"


COMMENTS = [comment(f"Words {n}", attributes=f"id='c{n}'") for n in range(3)]


@pytest.mark.parametrize(
    "before", ["", "<h2 class='comments-title'>3 réponses</h2>", "<a href='/autre?page=2'>Autre</a>"]
)
def test_a_page_that_shows_all_it_has_is_the_whole(before):
    assert read(thread(*COMMENTS, before=before)).complete


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<h2 class='comments-title'>12 comments</h2>", ""),
        ("<meta itemprop='commentCount' content='4'>", ""),
        ("""<script type="application/ld+json">{"@type": "Article", "commentCount": 40}</script>""", ""),
        ("", "<a href='?page=2'>2</a>"),
        ("", "<a href='{path}/comment-page-2/#comments'>…</a>"),
        ("", "<button>Afficher plus de commentaires</button>"),
        ("", "<a class='load-more' href='#'>…</a>"),
        ("", "<div class='pagination'><a href='/x'>2</a></div>"),
    ],
)
def test_any_sign_of_a_further_part_makes_a_page_a_part(before, after):
    """L2: paged, loaded on demand, or fewer comments than it counts."""
    path = URL.partition("://")[2].partition("/")[2]
    assert not read(thread(*COMMENTS, before=before, after=after.replace("{path}", f"/{path}"))).complete


@pytest.mark.parametrize(
    "html",
    [
        thread(),
        "<html><body><h1>502 Bad Gateway</h1></body></html>",
        thread(*COMMENTS)[:-30],
        thread(*[comment(f"Words {n}") for n in range(600)]),
    ],
    ids=["nothing to read", "an error with 200", "cut short", "more than are read"],
)
def test_a_page_that_was_not_read_to_its_end_is_a_part(html):
    """L2: what cannot be read tells nothing of what is gone."""
    assert not read(html).complete


def test_a_part_of_a_thread_is_a_part():
    assert not read_page(thread(*COMMENTS).encode(), f"{URL}?page=2", [], NOW).complete
