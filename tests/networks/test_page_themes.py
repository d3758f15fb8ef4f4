"""Comments on the common themes of the blogs that newspapers' readers write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smeditor.networks.pages import read_page

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
URL = "https://blog.example/tram"

WORDPRESS = """<ol class="comment-list">
<li id="comment-1" class="comment"><article id="div-comment-1" class="comment-body"><footer class="comment-meta"><div class="comment-author vcard"><b class="fn">Ana</b>
<span class="says">says:</span></div><div class="comment-metadata"><a href="https://blog.example/tram#comment-1"><time datetime="2026-11-01T10:00:00+00:00">1</time></a></div></footer>
<div class="comment-content"><p>First words</p><p>and more.</p></div><div class="reply"><a href="#respond">Reply</a></div></article>
<ol class="children"><li id="comment-2" class="comment"><article id="div-comment-2" class="comment-body"><footer class="comment-meta"><div class="comment-author vcard"><b class="fn">Ben</b></div>
<div class="comment-metadata"><a href="https://blog.example/tram#comment-2"><time datetime="2026-11-02T10:00:00+00:00">2</time></a></div></footer>
<div class="comment-content"><p>Second words</p></div><div class="reply"><a href="#respond">Reply</a></div></article></li></ol></li></ol>"""
SPIP = """<ul class="comments-ul"><li class="comment-li" id="comment31"><div class="comment"><p class="comment-meta"><a href="#comment31" class="permalink">1</a>
Le 3 mars, <span class="auteur">Par : Jean</span></p><div class="comment-texte"><p>Les mots de Jean</p></div><p class="repondre"><a href="#formulaire_forum">Répondre</a></p></div>
<ul class="comments-ul"><li class="comment-li" id="comment32"><div class="comment"><p class="comment-meta"><a href="#comment32" class="permalink">2</a>
<span class="auteur">Zoé</span></p><div class="comment-texte"><p>Les mots de Zoé</p></div></div></li></ul></li></ul>"""
BLOGGER = """<div id="comments"><ol><li class="comment" id="c77"><div class="comment-block" id="c77"><div class="comment-header"><cite class="user"><a href="https://ana.example/">Ana</a></cite>
<span class="datetime"><a href="https://blog.example/tram?showComment=7#c77">2 mars</a></span></div><p class="comment-content">First words</p>
<span class="comment-actions"><a href="#respond">Reply</a></span></div></li><li class="comment" id="c78"><div class="comment-block"><div class="comment-header"><cite class="user">Ben</cite></div>
<p class="comment-content">Second words</p></div></li></ol></div>"""
BARE = """<div class="comments"><div class="comment" id="c1"><p>Par : Jean</p><p>Des mots</p><p>et encore</p><cite class="author">Jean</cite><a href="#respond">Répondre</a></div>
<div class="comment" id="c2"><p>D'autres mots</p><cite class="author">Zoé</cite><a href="#respond">Répondre</a></div></div>"""

DOTCLEAR = """<div id="comments"><h3>Commentaires</h3><dl>
<dt id="c41" class="comment odd first"><a href="#c41" class="comment-number">1.</a> Le mardi 3 mars 2026, 10:12 par <a href="https://jean.example/" rel="ugc">Jean</a></dt>
<dd class="comment odd first"><p>Les mots de Jean</p><p>et encore</p></dd>
<dt id="c42" class="comment"><a href="#c42" class="comment-number">2.</a> Le mardi 3 mars 2026, 11:02 par Zoé Le Goff</dt>
<dd class="comment"><p>D'autres mots</p></dd></dl></div>"""
GLOSSARY = """<dl><dt id="tram">Tram</dt><dd>What runs on rails</dd><dt id="c9">C9</dt><dt id="c10">C10</dt></dl>"""


def comments(html):
    return read_page(f"<html><body>{html}</body></html>".encode(), URL, [], NOW).comments


@pytest.mark.parametrize(
    ("html", "expected", "answers"),
    [
        (WORDPRESS, [("Ana", "First words\n\nand more."), ("Ben", "Second words")], ["", f"{URL}#comment-1"]),
        (SPIP, [("Jean", "Les mots de Jean"), ("Zoé", "Les mots de Zoé")], ["", f"{URL}#comment31"]),
        (BLOGGER, [("Ana", "First words"), ("Ben", "Second words")], ["", ""]),
        (DOTCLEAR, [("Jean", "Les mots de Jean\n\net encore"), ("Zoé Le Goff", "D'autres mots")], ["", ""]),
        (BARE, [("Jean", "Des mots\n\net encore"), ("Zoé", "D'autres mots")], ["", ""]),
    ],
    ids=["WordPress", "SPIP", "Blogger", "Dotclear", "bare"],
)
def test_each_comment_is_read_once_with_its_words_and_its_parent(html, expected, answers):
    """L5: ``#respond`` in each comment, nesting, bylines."""
    found = comments(html)
    assert [(comment.author.display_name, comment.text) for comment in found] == expected
    assert [comment.in_reply_to for comment in found] == answers
    assert all(comment.in_reply_to != comment.native_id for comment in found)


def test_a_comment_of_a_definition_list_has_its_own_address_and_its_authors_page():
    first, second = comments(DOTCLEAR)
    assert (first.permalink, second.permalink) == (f"{URL}#c41", f"{URL}#c42")
    assert (first.author.url, second.author.url) == ("https://jean.example/", "")


def test_a_glossary_is_no_thread():
    assert comments(GLOSSARY) == ()


def test_json_that_names_one_of_two_hides_none():
    script = '<script type="application/ld+json">{"@type": "Comment", "text": "First words", "author": "Ana"}</script>'
    assert [comment.text for comment in comments(script + BLOGGER)] == ["First words", "Second words"]


@pytest.mark.parametrize("name", ["De Gaulle", "Byron", "Paresh", "Von Trapp"])
def test_a_name_that_begins_like_a_byline_stays_whole(name):
    html = BLOGGER.replace(">Ben<", f">{name}<")
    assert comments(html)[1].author.display_name == name
