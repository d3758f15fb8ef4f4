"""What strangers say is believed when their page says so, follows it when it changes, and goes when it goes."""

from datetime import UTC, datetime, timedelta

import pytest

from smeditor.listening import recheck
from smeditor.listening.webmentions import verify
from smeditor.models import Reaction, ReactionText, Reader, ReceivedMention, Tombstone
from smeditor.networks.base import Presence
from smeditor.networks.webmention import source
from tests.listening.double import T0, message
from tests.listening.webmentions.conftest import entry
from tests.newsroom import factories

pytestmark = pytest.mark.django_db


def test_an_answer_on_somebodys_own_site_becomes_a_comment_under_the_article(newsroom, blog):
    when = '<time class="dt-published" datetime="2026-03-12T10:00:00+01:00">then</time>'
    newsroom.hears(blog.show("/note", entry(newsroom.target, extra=when)))
    assert Reaction.objects.count() == 0
    newsroom.works()
    reaction = newsroom.reaction
    assert (reaction.network, reaction.kind, reaction.article_id) == ("web", "comment", newsroom.article.pk)
    assert (reaction.native_id, reaction.permalink) == (f"{blog.url}/note", f"{blog.url}/note")
    assert reaction.attached_by == "link"
    assert reaction.content.text == "When does it open?"
    assert (reaction.content.author_name, reaction.content.author_url) == ("Léa Martin", f"{blog.url}/")
    assert reaction.published_at == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert reaction.language == "en"
    row = newsroom.row
    assert (row.state, row.due_at, row.lease_until, row.reaction) == ("verified", None, None, reaction)


@pytest.mark.parametrize(
    ("prop", "kind"),
    [
        ("u-like-of", "like"),
        ("u-repost-of", "repost"),
        ("u-bookmark-of", "webmention"),
        ("u-mention-of", "webmention"),
        ("u-in-reply-to u-like-of", "like"),
        ("", "webmention"),
    ],
)
def test_what_a_page_does_is_what_its_entry_says_of_the_article(newsroom, blog, prop, kind):
    newsroom.hears(blog.show("/note", entry(newsroom.target, prop=prop)))
    newsroom.works()
    assert newsroom.reaction.kind == kind
    assert ReactionText.objects.exists() == (kind == "webmention")


def test_of_a_page_without_microformats_its_title_and_what_stands_around_the_link_is_kept(newsroom, blog):
    page = (
        f"<html><title>My week</title><p>Rain.</p><p>The <a href='{newsroom.target}'>tram</a> is <b>late</b>."
        "</p><p>More rain.</p></html>"
    )
    newsroom.hears(blog.show("/week", page))
    newsroom.works()
    text = newsroom.reaction.content.text
    assert text == f"My week\n\nThe tram ({newsroom.target}) is late."


def test_without_the_parser_a_page_is_a_plain_mention(newsroom, blog, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mf2py", None)
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    assert newsroom.reaction.kind == "webmention"


def test_what_is_sent_again_is_read_again_and_stays_one_reaction(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target, "<p>First words of mine.</p>")))
    newsroom.works()
    for text in ("Second words of mine.", "Third words of mine."):
        blog.show("/note", entry(newsroom.target, f"<p>{text}</p>"))
        newsroom.hears(f"{blog.url}/note")
        newsroom.works(minutes=2)
        reaction = newsroom.reaction
        assert (reaction.content.text, reaction.presence) == (text, Presence.EDITED)
    assert ReceivedMention.objects.count() == 1


def test_sent_again_unchanged_it_is_not_edited(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    assert (newsroom.reaction.presence, newsroom.reaction.edited_at) == (Presence.ALIVE, None)


def test_a_like_that_becomes_an_answer_is_an_answer_alone(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target, prop="u-like-of")))
    newsroom.works()
    blog.show("/note", entry(newsroom.target))
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    assert Reaction.objects.exclude(presence=Presence.DELETED).get().kind == "comment"


def gone_410(blog, target):
    blog.show("/note", "<html>Gone</html>", 410)


def gone_by_meta(blog, target):
    blog.show("/note", '<html><meta http-equiv="Status" content="410 Gone"><p>Deleted</p></html>')


@pytest.mark.parametrize("delete", [gone_410, gone_by_meta])
def test_what_its_author_deleted_is_erased_at_once(newsroom, blog, delete):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    delete(blog, newsroom.target)
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    assert newsroom_is_clean()
    assert Reaction.objects.get().presence == Presence.DELETED


def newsroom_is_clean():
    """Nothing of the page is left: no words, no address, no row of the queue."""
    left = [
        *Reaction.objects.values_list("native_id", "url", "permalink"),
        *ReceivedMention.objects.values_list("source"),
    ]
    return not ReactionText.objects.exists() and "127.0.0.1" not in repr(left)


def without_the_link(blog, target):
    blog.show("/note", "<html><body><p>I write about something else now.</p></body></html>")


def not_found(blog, target):
    blog.show("/note", "<html>Nothing here</html>", 404)


@pytest.mark.parametrize("change", [without_the_link, not_found])
def test_a_link_or_page_that_vanished_is_believed_when_two_checks_miss_it(newsroom, blog, change):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    change(blog, newsroom.target)
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    assert ReactionText.objects.exists()
    newsroom.works(minutes=5)
    assert ReactionText.objects.exists()
    newsroom.works(minutes=10)
    assert newsroom_is_clean()
    assert Tombstone.objects.exists()


def test_a_link_that_is_back_at_the_second_check_never_went(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    without_the_link(blog, newsroom.target)
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    blog.show("/note", entry(newsroom.target))
    newsroom.works(minutes=11)
    assert newsroom.row.missing_since is None
    assert ReactionText.objects.exists()


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "", "<html>Oops</html>"),
        (503, "", "<html>Busy</html>"),
        (403, "", "<html>Forbidden</html>"),
        (401, "", "<html>Who are you?</html>"),
        (429, "", "<html>Slow down</html>"),
        (200, "application/json", "{}"),
        (200, "", "<html><body><p>It breaks off in the midd"),
        (206, "", "<html><body><p>A part.</p></body></html>"),
        (200, "", "<html>" + "x" * 1_100_000 + "</html>"),
    ],
)
def test_what_could_not_be_read_wholly_deletes_nothing(newsroom, blog, status, kind, body):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    blog.show("/note", body, status, kind=kind)
    newsroom.hears(f"{blog.url}/note")
    for _day in range(5):
        newsroom.works(days=1)
    assert newsroom.reaction.content.text == "When does it open?"
    assert newsroom.row.state == "verified"


def test_a_page_that_is_not_there_yet_is_waited_for(newsroom, blog):
    newsroom.hears(f"{blog.url}/note")
    newsroom.works()
    assert (newsroom.row.state, newsroom.row.reason) == ("waiting", "The page is not there.")
    blog.show("/note", entry(newsroom.target))
    newsroom.works(minutes=11)
    assert newsroom.row.state == "verified"


def test_a_page_that_never_comes_is_refused_and_forgotten(newsroom, blog):
    newsroom.hears(f"{blog.url}/note")
    for _hours in range(4):
        newsroom.works(hours=12)
    assert (newsroom.row.state, newsroom.row.due_at) == ("refused", None)
    newsroom.works(days=31)
    assert not ReceivedMention.objects.exists()


def test_an_author_is_known_by_an_address_on_the_pages_own_host_only(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target, author="https://famous.example/")))
    newsroom.works()
    assert newsroom.reaction.content.author_url == ""
    assert newsroom.reaction.content.author_name == "Léa Martin"


def test_two_pages_of_one_author_are_one_reader_and_two_of_nobody_are_two(newsroom, blog):
    for path in ("/a", "/b"):
        newsroom.hears(blog.show(path, entry(newsroom.target)))
        newsroom.works(minutes=1)
    assert Reader.objects.count() == 1
    for path in ("/c", "/d"):
        newsroom.hears(blog.show(path, f"<html><p><a href='{newsroom.target}'>x</a></p></html>"))
        newsroom.works(minutes=1)
    assert Reader.objects.count() == 3


def test_who_does_not_want_to_be_collected_leaves_no_address(newsroom, blog):
    card = '<div class="p-author h-card"><a class="u-url p-name" href="/">L</a><p class="p-note">#nobot</p></div>'
    page = f'<html><div class="h-entry">{card}<a class="u-in-reply-to" href="{newsroom.target}">x</a></div></html>'
    newsroom.hears(blog.show("/note", page))
    newsroom.works()
    assert Reaction.objects.get().native_id.startswith("hidden:")
    assert newsroom_is_clean()


def test_a_page_that_links_to_two_articles_is_one_reaction_and_goes_with_its_last_link(newsroom, blog):
    other = factories.make_article(newsroom.article.get_parent(), title="Another tram")
    both = entry(newsroom.target, f"<p>And <a href='{other.full_url}'>this</a>.</p>")
    newsroom.hears(blog.show("/note", both))
    newsroom.hears(f"{blog.url}/note", other.full_url)
    newsroom.works()
    newsroom.works(minutes=1)
    assert (Reaction.objects.count(), ReceivedMention.objects.filter(state="verified").count()) == (1, 2)
    blog.show("/note", entry(other.full_url))
    newsroom.hears(f"{blog.url}/note")
    for _again in range(4):
        newsroom.works(minutes=11)
    assert newsroom.reaction.article_id == other.pk
    assert ReactionText.objects.exists()
    without_the_link(blog, "")
    newsroom.hears(f"{blog.url}/note", other.full_url)
    for _again in range(4):
        newsroom.works(minutes=11)
    assert newsroom_is_clean()


def test_what_was_erased_does_not_come_back(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    gone_410(blog, "")
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    blog.show("/note", entry(newsroom.target))
    newsroom.hears(f"{blog.url}/note")
    newsroom.works(minutes=2)
    assert newsroom_is_clean()


def test_the_usual_check_finds_out_too_that_a_page_is_gone(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    newsroom.works()
    blog.show("/note", "<html></html>", 410)
    for hours in (2, 3):
        recheck.recheck(newsroom.now + timedelta(hours=hours))
    assert newsroom_is_clean()


def test_a_page_cannot_take_away_what_a_network_shows(newsroom, blog, account, square):
    """A stranger sends the address of somebody's message; what its page is later says nothing of the message."""
    from smeditor.listening import poll

    newsroom.hears(blog.show("/status/1", entry(newsroom.target)))
    square.say(message("r1", other_ids=(f"{blog.url}/status/1",), links=(newsroom.target,)))
    poll.run_due(T0, "w")
    newsroom.works()
    assert Reaction.objects.count() == 1
    gone_410(blog, "")
    blog.show("/status/1", "", 410)
    newsroom.hears(f"{blog.url}/status/1")
    newsroom.works(minutes=2)
    assert Reaction.objects.get().presence != Presence.DELETED
    assert ReactionText.objects.exists()


def test_one_page_that_breaks_the_reading_holds_up_no_other(newsroom, blog, monkeypatch):
    real = source.fetch_source

    def fetch(client, pair, now):
        if pair.source.endswith("/bad"):
            raise RuntimeError("a parser broke")
        return real(client, pair, now)

    monkeypatch.setattr(source, "fetch_source", fetch)
    newsroom.hears(blog.show("/bad", entry(newsroom.target)))
    newsroom.hears(blog.show("/good", entry(newsroom.target)))
    newsroom.works()
    newsroom.works(minutes=1)
    assert sorted(ReceivedMention.objects.values_list("state", flat=True)) == ["refused", "verified"]


def test_of_one_host_one_page_is_asked_at_a_time(newsroom, blog):
    for number in range(5):
        newsroom.hears(blog.show(f"/{number}", entry(newsroom.target)))
    assert newsroom.works() == 1
    assert sum(blog.asked.values()) == 1


def test_a_pair_that_another_worker_holds_is_left_alone(newsroom, blog):
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    ReceivedMention.objects.update(lease_until=newsroom.now + timedelta(minutes=2))
    assert newsroom.works() == 0
    assert newsroom.works(minutes=4) == 1


def test_what_is_sent_again_while_it_is_verified_is_verified_again(newsroom, blog, monkeypatch):
    real = source.fetch_source
    again = []

    def fetch(client, pair, now):
        again.append(pair)
        return real(client, pair, now)

    monkeypatch.setattr(source, "fetch_source", fetch)
    newsroom.hears(blog.show("/note", entry(newsroom.target)))
    rows = verify._claim(newsroom.now + timedelta(seconds=5))
    newsroom.hears(f"{blog.url}/note")
    answer = verify._ask(verify.Pair(rows[0].source, rows[0].target), newsroom.now)
    verify._judge(rows[0], answer, verify.Finder(), newsroom.now)
    row = newsroom.row
    assert (row.state, row.lease_until) == ("verified", None)
    assert row.due_at is not None
