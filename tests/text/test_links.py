import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.text.links import BadLink, canonical, links_in, same_article, token_of, with_token
from tests.text.vectors import cases

PAGE = "https://www.lemonde.fr/idees/article"
TAKEN_ALL_THE_SAME = ('http://en.wikipedia.org/wiki/"#Punctuation', "http://example.com/#anchor ")


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://WWW.LeMonde.fr/idees/article",
        "https://www.lemonde.fr:443/idees/article",
        "https://www.lemonde.fr./idees/article",
        "https://desk:secret@www.lemonde.fr/idees/article",
        "https://www.lemonde.fr/idees/article/",
        "https://www.lemonde.fr/idees/./x/../article",
        "https://www.lemonde.fr/id%65es/article",
        "https://www.lemonde.fr/idees/article#xtor=RSS-1",
        "https://www.lemonde.fr/idees/article?utm_source=x&UTM_medium=y&fbclid=1&gclid=2&mc_cid=3&xtor=4&at_medium=5&sme=abc",
        "https://www.lemonde.fr/amp/idees/article",
        "https://www.lemonde.fr/idees/article/amp/",
        "https://www.lemonde.fr/idees/article?amp=1&outputType=amp",
        "https://www-lemonde-fr.cdn.ampproject.org/c/s/www.lemonde.fr/idees/article",
        "https://www.google.com/amp/s/www.lemonde.fr/idees/article",
    ],
)
def test_every_way_to_write_an_address_leads_to_one(url):
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org", "http://example.org/"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("http://☃.net/", "http://xn--n3h.net/"),
        ("http://[0:0::1]/", "http://[::1]/"),
        ("https://a.example/?b=2&a=1&b=1", "https://a.example/?a=1&b=2&b=1"),
        ("https://a.example/?q=é+b", "https://a.example/?q=%C3%A9%20b"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://m.lemonde.fr/a", "https://m.lemonde.fr/a"),
        ("https://a.example/amp", "https://a.example/amp"),
        ("https://a.example/x.amp.html", "https://a.example/x.html"),
    ],
)
def test_what_makes_a_page_stays(url, expected):
    assert canonical(url) == expected


@pytest.mark.parametrize(("url", "valid"), cases("validate", "urls"))
def test_an_address_is_one_where_the_networks_say_so(url, valid):
    if url in TAKEN_ALL_THE_SAME or valid:
        assert canonical(url)
    else:
        with pytest.raises(BadLink):
            canonical(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lemonde.fr",
        "mailto:a@b.fr",
        "javascript:alert(1)",
        "http://",
        "http://a.fr:99999/",
        "http://a\u202eb.fr/\n",
        "http://" + "a" * 9000,
    ],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(BadLink):
        canonical(url)


URLISH = st.lists(
    st.sampled_from(
        ["http://", "https://", "a.fr", "www.google.com", "x.cdn.ampproject.org", "/", "amp", ".amp", ".html", "..", ".", "%2e", "%61", "%", "é", "?", "&",
         "=", "+", "#", "sme=1", "utm_a=1", "s/", "c/", ":80", "@", " ", "\\", "。", "☃", "xn--", "_", "-", "[::1]", "b=1", "A", "%zz"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(st.one_of(URLISH.map(lambda rest: "https://a.fr/" + rest), URLISH.map(lambda rest: "http://" + rest), URLISH))
def test_a_canonical_link_is_its_own(url):
    try:
        once = canonical(url)
    except BadLink:
        return
    assert canonical(once) == once


@given(st.text())
def test_no_text_raises_anything_else(text):
    for url in (text, f"http://{text}", f"https://a.fr/{text}", f"https://a.fr/?{text}"):
        try:
            assert canonical(canonical(url)) == canonical(url)
        except BadLink:
            continue


TOKENS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


@given(URLISH.map(lambda rest: "https://a.fr/" + rest), TOKENS)
def test_a_token_comes_back_and_changes_no_canonical_link(url, token):
    try:
        plain = canonical(url)
    except BadLink:
        return
    marked = with_token(url, token)
    assert token_of(marked) == token
    assert canonical(marked) == plain


def test_a_token_stands_before_the_fragment_and_replaces_the_old_one():
    assert with_token("https://a.fr/x?y=1&sme=old#z", "new") == "https://a.fr/x?y=1&sme=new#z"


def test_a_token_with_other_characters_is_refused():
    with pytest.raises(BadLink):
        with_token(PAGE, "a b")


def test_a_link_without_a_token_has_none():
    assert token_of(PAGE) is None


def test_one_article_has_several_hosts():
    assert same_article("http://m.lemonde.fr/idees/article/", f"{PAGE}?xtor=RSS-1")


def test_two_articles_are_two():
    assert not same_article(PAGE, f"{PAGE}-2")


def test_what_is_no_link_is_no_article():
    assert not same_article("x", "x")


def test_the_links_of_a_text_come_once_each_and_absolute():
    text = "Voir lemonde.fr/x, https://exemple.org/été et encore https://exemple.org/été."
    assert links_in(text) == ["https://lemonde.fr/x", "https://exemple.org/été"]


def test_the_links_of_html_are_those_it_points_to():
    html = (
        '<p><a href="https://a.example/?a=1&amp;b=2">a.example…</a> <a href="/x">x</a> <a href="javascript:x">y</a></p>'
    )
    assert links_in(html) == ["https://a.example/?a=1&b=2"]
