"""Words mode: one pass, bounded memory, the same concerns on every run."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.clustering import word_grouper
from smeditor.insight.clustering.tokens import MAX_CHARS, PREFIX, prefixes
from smeditor.insight.clustering.word_grouper import WordGrouper

VOCABULARY = ["school", "heating", "broken", "train", "late", "mayor", "budget", "park", "noise", "river"]
texts = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join), min_size=2, max_size=25)


def grouped(bodies, lang="en", **arguments):
    return grouped_by(WordGrouper(**arguments), bodies, lang)


def grouped_by(grouper, bodies, lang="en"):
    return [grouper.add(body, lang) for body in bodies]


def stranger(n):
    """A text that shares no word with another stranger's."""
    return f"{n:03d}wholly {n:03d}other {n:03d}matter"


def test_two_readers_who_say_the_same_in_other_words_meet():
    found = grouped(
        [
            "Le chauffage de notre école est encore en panne",
            "Pourquoi le maire veut-il un nouveau parc ?",
            "École : chauffage en panne depuis lundi",
            "Un parc, encore un projet du maire",
        ],
        "fr",
    )
    assert found[0] == found[2] != found[1] == found[3]


def test_two_languages_never_share_a_concern():
    grouper = WordGrouper()
    assert grouper.add("restaurant terrasse public", "fr") != grouper.add("restaurant terrasse public", "en")


def test_a_copy_gives_the_concern_of_the_first_at_once():
    assert grouped(["the pool is closed"] * 3) == [1, 1, 1]


def test_a_text_without_a_word_has_no_concern():
    assert grouped(["", " ...", "@reader"]) == [0, 0, 0]


@given(texts)
@settings(max_examples=60, deadline=None)
def test_the_same_texts_in_the_same_order_give_the_same_numbers(bodies):
    assert grouped(bodies) == grouped(bodies)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_numbers_are_given_from_one_on_without_a_gap(bodies):
    met = sorted(set(grouped(bodies)) - {0})
    assert met == list(range(1, len(met) + 1))


@given(st.lists(st.text(max_size=200), max_size=20), st.sampled_from([None, "fr", "xx", "zh-Hant"]))
@settings(max_examples=80, deadline=None)
def test_any_text_has_an_answer(bodies, lang):
    found = grouped(bodies, lang)
    assert [bool(concern) for concern in found] == [bool(prefixes(body)) for body in bodies]


def test_two_hash_seeds_give_the_same_numbers():
    program = (
        "from smeditor.insight.clustering.word_grouper import WordGrouper\n"
        f"words = {VOCABULARY!r}\n"
        "grouper = WordGrouper()\n"
        "print([grouper.add(' '.join(words[(n * k) % 10] for k in (1, 3, 7, 9)), 'en') for n in range(300)])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "4711")
    }
    assert len(answers) == 1


def test_what_was_raised_longest_ago_makes_room(monkeypatch):
    monkeypatch.setattr(word_grouper, "LIVE_CONCERNS", 20)
    grouper = WordGrouper()
    left = grouper.add("pool closed summer", "en")
    for n in range(100):
        grouper.add(stranger(n), "en")
    assert len(grouper._languages["en"].concerns) <= 20
    assert grouper.add("summer: closed pool", "en") != left


def test_what_one_reader_alone_raised_makes_room_first(monkeypatch):
    monkeypatch.setattr(word_grouper, "LIVE_CONCERNS", 20)
    grouper = WordGrouper()
    shared = grouper.add("heating broken school", "en")
    assert grouper.add("school heating broken again", "en") == shared
    for n in range(100):
        grouper.add(stranger(n), "en")
    assert grouper.add("broken heating, school", "en") == shared


def test_what_readers_keep_raising_stays_however_old_it_is(monkeypatch):
    monkeypatch.setattr(word_grouper, "LIVE_CONCERNS", 20)
    grouper = WordGrouper()
    kept = grouper.add("heating broken school", "en")
    for n in range(100):
        grouper.add(stranger(n), "en")
        if n % 10 == 0:
            assert grouper.add(f"school heating broken again {n:03d}", "en") == kept


def test_room_is_looked_for_rarely_where_every_concern_was_raised_twice(monkeypatch):
    monkeypatch.setattr(word_grouper, "LIVE_CONCERNS", 80)
    runs = []
    thin = word_grouper._Language._thin
    monkeypatch.setattr(word_grouper._Language, "_thin", lambda self: (runs.append(1), thin(self)))
    grouper = WordGrouper()
    for n in range(400):
        grouper.add(f"wholly{n:04d} other{n:04d} matter{n:04d}"[::-1], "en")
        grouper.add(f"wholly{n:04d} other{n:04d} matter{n:04d} again"[::-1], "en")
    assert 0 < len(runs) <= 400 / (80 / 8)


def test_a_concern_keeps_the_words_that_its_readers_share(monkeypatch):
    monkeypatch.setattr(word_grouper, "TOKENS_KEPT", 12)
    grouper = WordGrouper()
    bodies = [f"heating broken school {n:03d}aside" for n in range(200)]
    assert set(grouped_by(grouper, bodies)) == {1}
    (concern,) = grouper._languages["en"].concerns
    assert len(concern.tokens) <= 12
    assert {"heati", "broke", "schoo"} <= set(concern.tokens)


def test_memory_of_words_is_bounded(monkeypatch):
    monkeypatch.setattr(word_grouper, "MAX_TOKENS", 50)
    monkeypatch.setattr(word_grouper, "COPIES_KEPT", 10)
    monkeypatch.setattr(word_grouper, "common_prefixes", lambda base: {})
    grouper = WordGrouper()
    for n in range(500):
        grouper.add(f"{n:05d}a {n:05d}b", "en")
    assert len(grouper._languages["en"].tokens) <= 50
    assert len(grouper._languages["en"].copies) <= 10


def test_a_common_word_is_not_forgotten_for_rare_ones(monkeypatch):
    monkeypatch.setattr(word_grouper, "MAX_TOKENS", 50)
    monkeypatch.setattr(word_grouper, "common_prefixes", lambda base: {})
    grouper = WordGrouper()
    for n in range(500):
        grouper.add(f"heating {n:05d}a", "en")
    assert grouper._languages["en"].tokens["heati"].texts >= 500


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’école était fermée", ["ecole", "etait", "ferme"]),
        ("1,5 million, 100000 fois", ["1,5", "milli", "100000", "fois"]),
        ("@jean voir https://lemonde.fr/x?y #EauPotable", ["voir", "eaupo", "eau", "potab", "url:lemonde.fr/x"]),
        ("東京の学校", ["東京", "京の", "の学", "学校"]),
        ("학교 문제", ["학교", "문제"]),
        ("😀 😀", ["😀"]),
    ],
)
def test_a_word_is_its_beginning_and_what_has_none_stays_whole(text, found):
    assert list(prefixes(text)) == found


@given(st.text(max_size=300))
def test_beginnings_are_bounded(text):
    for word in prefixes(text * 40):
        assert word.startswith("url:") or not word[0].isalpha() or len(word) <= PREFIX * 3
    assert sum(map(len, prefixes("word " * MAX_CHARS))) == 4


def test_the_command_answers_in_one_pass(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        '{"id": 1, "text": "pool closed today"}',
        "nonsense",
        '{"id": 3, "text": "Pool is closed!"}',
        '{"id": 4, "text": "trains"}',
    ]
    source.write_text("\n".join(lines), encoding="utf-8")
    call_command("smeditor_group", str(source), "--out", str(target), "--words", stderr=StringIO())
    answers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [answer["concern"] for answer in answers] == [1, None, 1, None]
