"""What people say in an article is found in its blocks, whatever they are called."""

import pytest
from wagtail import blocks
from wagtail.rich_text import RichText

from smeditor.articles import quotes
from tests.newsroom import factories


class Quotation(blocks.StructBlock):
    text = blocks.TextBlock()
    who = blocks.CharBlock(required=False)


class Body(blocks.StreamBlock):
    paragraph = blocks.RichTextBlock()
    pull_quote = Quotation()
    blockquote = blocks.BlockQuoteBlock()
    box = blocks.StructBlock([("citation", blocks.TextBlock())])


def found(*children):
    value = Body().to_python([{"type": kind, "value": value} for kind, value in children])
    return list(quotes._in_value("", None, value))


def test_a_pull_quote_names_who_says_it():
    assert found(("pull_quote", {"text": "It opens in May.", "who": "The mayor"})) == ["It opens in May. — The mayor"]
    assert found(("pull_quote", {"text": "It opens in May.", "who": ""})) == ["It opens in May."]


def test_blockquotes_of_rich_text_and_of_streams_are_found_wherever_they_lie():
    assert found(
        ("paragraph", "<p>No.</p><blockquote>One <b>two</b>.</blockquote>"),
        ("blockquote", "Three."),
        ("box", {"citation": "Four."}),
    ) == ["One two.", "Three.", "Four."]


def test_what_is_no_quotation_is_none():
    assert found(("paragraph", "<p>It opens in May.</p>")) == []
    assert list(quotes._in_value("text", None, RichText("<p>No.</p>"))) == []


@pytest.mark.django_db
def test_a_page_offers_each_quotation_once_and_no_more_than_can_be_chosen_from():
    section = factories.make_section(factories.make_site().root_page)
    body = [("quote", {"text": f"Sentence {number}.", "who": ""}) for number in (1, 1, *range(2, 40))]
    offered = quotes.quotes_of(factories.make_article(section, body=body))
    assert offered[:2] == ("Sentence 1.", "Sentence 2.")
    assert len(offered) == quotes.MOST_QUOTES
