"""One index for each language that is known, and one for all the rest: no stranger's tag opens another."""

from smeditor.insight.clustering.grouping import Grouper
from smeditor.insight.clustering.tokens import base_language
from smeditor.insight.clustering.word_grouper import WordGrouper


def strange_tags(count: int) -> list[str]:
    return [f"q{chr(97 + n % 26)}-x-{n:07d}" for n in range(count)]


def test_a_hundred_thousand_tags_are_one_unknown_language():
    assert {base_language(tag) for tag in strange_tags(100_000)} == {"und"}


def test_texts_under_strange_tags_share_one_index():
    grouper, by_tokens = Grouper(), WordGrouper()
    for tag in strange_tags(300):
        grouper.add("The heating in our school is broken again", lang=tag)
        by_tokens.add("The heating in our school is broken again", lang=tag)
    assert list(grouper._indexes) == ["und"]
    assert list(by_tokens._languages) == ["und"]
