import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smeditor.text.graphemes import grapheme_count
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import sanitise, to_plain

MENTION = '<span class="h-card"><a href="https://m.example/@a" class="u-url mention">@<span>a</span></a></span>'
SHORTENED = (
    '<a href="https://www.lemonde.fr/idees/article/2026" rel="nofollow"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">lemonde.fr/idees/art</span><span class="invisible">icle/2026</span></a>'
)
FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<br>", "<a href=", '"https://a.fr"', ">", "</a>", "<script>", "</script>", "<!--", "&lt;", "&#0;", "<img src=x onerror=x>",
     "<svg/onload=x>", "javascript:", "'", '"', "<", "a", " ", "\n", "<div>", "<style>", "</style>", "\ud800", "<math><mtext>"]
)  # fmt: skip
MARKUP = st.lists(FRAGMENTS, max_size=20).map("".join)
TRICKS = st.sampled_from(
    ["a", "é", "e\u0301", "\u0344", "\u0301" * 12, "👨", "\u200d", "\u200c", "می", "\u202e", "\u200b", "\ud83d", "\udc00", "\r", "\n", "\x00", "\ufeff",
     "🏴", "\U000e0067", "\U000e007f", "\ufe0f", " ", "ᄀ", "ᅡ", "\U0001f1eb", "\uffff", "\u2028"]
)  # fmt: skip


def test_mastodons_html_keeps_its_meaning():
    assert sanitise(f"<p>{MENTION} non</p>") == (
        '<p><span class="h-card"><a href="https://m.example/@a" class="u-url mention" '
        'rel="nofollow noopener noreferrer ugc">@<span>a</span></a></span> non</p>'
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        "<style>p{}</style>",
        "<iframe src=//a.fr></iframe>",
        "<!-- x -->",
    ],
)
def test_what_runs_or_loads_goes(html):
    assert sanitise(html) == ""


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://a.fr", "mailto:a@b.fr"])
def test_a_link_leads_only_to_the_web(address):
    assert "href" not in sanitise(f'<a href="{address}">x</a>')


@given(MARKUP)
def test_sanitised_html_has_only_the_allowed_tags(html):
    assert set(re.findall(r"<\s*/?\s*([^\s>/]*)", sanitise(html))) <= {"p", "br", "a", "span"}


@given(MARKUP)
def test_sanitising_twice_changes_nothing_more(html):
    assert sanitise(sanitise(html)) == sanitise(html)


@given(MARKUP)
def test_any_html_becomes_clean_plain_text(html):
    plain = to_plain(html)
    assert normalise_text(plain) == plain


def test_paragraphs_and_lines_stay_apart():
    assert to_plain("<p>Un<br>deux</p><p>trois &amp; quatre</p>") == "Un\ndeux\n\ntrois & quatre"


def test_a_shortened_link_becomes_its_address():
    assert to_plain(f"<p>Lire {SHORTENED}, vite</p>") == "Lire https://www.lemonde.fr/idees/article/2026, vite"


def test_mentions_and_hashtags_stay_as_written():
    html = f'<p>{MENTION} <a href="https://m.example/tags/budget" class="mention hashtag" rel="tag">#<span>budget</span></a></p>'
    assert to_plain(html) == "@a #budget"


def test_a_link_with_words_of_its_own_keeps_both():
    assert to_plain('<p><a href="https://a.example/x">ici</a> !</p>') == "ici (https://a.example/x) !"


def test_a_link_that_pretends_to_lead_elsewhere_shows_where():
    assert (
        to_plain('<a href="https://evil.example/">https://www.lemonde.fr</a>')
        == "https://www.lemonde.fr (https://evil.example/)"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "é"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("pa\u200by\u00adpal", "paypal"),
        ("a\x00b\x1bc", "abc"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("x\ud83dy", "x\ufffdy"),
        ("a\u200db", "ab"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("a" + "\u0335" * 50, "a" + "\u0335" * 10),
        ("a\U000e0041\U000e0042", "a"),
        ("e\u0301\u200d\ufe0f", "é\ufe0f"),
    ],
)
def test_tricks_go_and_scripts_stay(text, expected):
    assert normalise_text(text) == expected


def test_a_regional_flag_stays():
    wales = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
    assert normalise_text(wales) == wales


def test_a_long_text_ends_between_graphemes():
    assert normalise_text("👨\u200d👩" * 4, limit=10) == "👨\u200d👩" * 3


@given(st.lists(TRICKS, max_size=30).map("".join), st.integers(1, 40))
@example("e\u0301\u200d\ufe0f", 3)  # the joiner stood by a mark that was composed away
@example("می\u200cخواهم", 3)  # what it joined was cut off
def test_cleaning_twice_changes_nothing_more(text, limit):
    once = normalise_text(text, limit)
    assert normalise_text(once, limit) == once
    assert len(once) <= limit


@given(st.text(st.characters()))
def test_a_clean_text_can_be_stored(text):
    normalise_text(text).encode()
    assert grapheme_count(normalise_text(text)) <= len(text) + 1
