"""Whatever texts come and whatever editors decide, the grouper's laws hold."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.insight.clustering import grouping
from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.grouping import Grouper
from smeditor.insight.clustering.placed_texts import LinkConflict

VOCABULARY = ["school", "heating", "broken", "train", "late", "mayor", "budget", "park", "noise", "river"]
texts = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join), min_size=2, max_size=25)


def grown(bodies, **arguments):
    grouper = Grouper(**arguments)
    for key, text in enumerate(bodies):
        grouper.add(text, "en", key=key, author=key % 3)
    return grouper


@given(texts)
@settings(max_examples=60, deadline=None)
def test_the_same_texts_in_the_same_order_give_the_same_concerns(bodies):
    assert grown(bodies).final() == grown(bodies).final()


@given(texts, texts)
@settings(max_examples=40, deadline=None)
def test_later_texts_never_change_the_id_of_an_earlier_one(bodies, more):
    grouper = grown(bodies)
    before = grouper.final()
    for key, text in enumerate(more, len(bodies)):
        grouper.add(text, "en", key=key)
    assert {key: grouper.final()[key] for key in before} == before


def test_what_readers_keep_raising_stays_in_the_search_however_old_it_is(monkeypatch):
    monkeypatch.setattr(grouping, "LIVE_CONCERNS", 20)
    grouper = Grouper()
    kept = grouper.add("heating broken school", "en").concern_id
    for n in range(100):
        for _ in range(2):
            grouper.add(f"wholly{n} other{n} matter{n}", "en")
        assert grouper.add(f"school heating broken again {n}", "en").concern_id == kept
    assert len(grouper._indexes["en"].centroids) <= 20


@given(texts, st.data())
@settings(max_examples=60, deadline=None)
def test_what_an_editor_linked_holds_through_settling(bodies, data):
    grouper = grown([*bodies, "a bridge over there", "some cheese for supper"])
    keys = sorted(grouper.final())
    pairs = data.draw(st.lists(st.tuples(st.booleans(), st.sampled_from(keys), st.sampled_from(keys)), max_size=6))
    apart = []
    for together, a, b in pairs:
        try:
            if together:
                grouper.must_link(a, b)
            else:
                grouper.cannot_link(a, b)
                apart.append((a, b))
        except LinkConflict:
            continue
    grouper.recluster()
    final = grouper.final()
    assert all(final[a] != final[b] for a, b in apart)


def test_two_texts_that_an_editor_put_together_stay_together_when_settled():
    grouper = grown(["the heating is broken", "trains are late again", "mayor wants a park", "the river is noisy"])
    grouper.must_link(0, 1)
    grouper.recluster()
    assert grouper.concern_of(0) == grouper.concern_of(1)


def test_a_contradiction_between_editors_is_refused():
    grouper = grown(["the heating is broken", "trains are late again"])
    grouper.cannot_link(0, 1)
    with pytest.raises(LinkConflict):
        grouper.must_link(0, 1)


def test_a_rebuild_from_the_recorded_acts_gives_the_same_concerns():
    bodies = ["school heating broken", "heating broken at school", "train late", "late train again", "park noise"]
    events = [("add", {"text": text, "lang": "en", "key": key}) for key, text in enumerate(bodies)]
    live = Grouper.rebuild(events)
    operations = [
        ("cannot_link", {"a": 0, "b": 1}),
        ("merge", {"into": live.concern_of(2), "other": live.concern_of(4)}),
        ("recluster", {}),
        ("forget", {"key": 3}),
        ("add", {"text": "the park is noisy", "lang": "en", "key": 9}),
    ]
    assert Grouper.rebuild(events + operations).final() == Grouper.rebuild(events + operations).final()


@given(st.lists(st.tuples(st.sampled_from(VOCABULARY), st.integers(0, 4)), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_a_concern_counts_each_person_once(messages):
    grouper = Grouper()
    people: dict[int, set[int]] = {}
    for key, (word, author) in enumerate(messages):
        concern = grouper.add(f"{word} {word}s again", "en", key=key, author=author).concern_id
        people.setdefault(concern, set()).add(author)
    assert {c: grouper.concerns[c].people for c in people} == {c: len(who) for c, who in people.items()}


def test_forgetting_a_text_takes_its_author_and_its_words_out():
    grouper = Grouper()
    grouper.add("the heating is broken at school", "en", key="a", author="ann")
    grouper.add("heating broken at school again", "en", key="b", author="bob")
    concern = grouper.concern_of("b")
    grouper.forget("a")
    assert (grouper.concerns[concern].people, grouper.concern_of("a")) == (1, None)
    assert [q.author for q in grouper.representatives(concern, 5)] == ["bob"]


def test_splitting_gives_the_texts_an_id_of_their_own():
    grouper = grown(["school heating broken", "heating broken school", "broken school heating now"])
    old = grouper.concern_of(0)
    new = grouper.split(old, [2])
    grouper.recluster()
    assert (grouper.concern_of(0), grouper.concern_of(2)) == (old, new)


def test_a_concern_that_fell_idle_reopens_under_its_id():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    grouper = Grouper(idle_days=7)
    first = grouper.add("the swimming pool closes in winter", "en", start, key=1).concern_id
    grouper.add("why does the swimming pool close in winter", "en", start, key=2)
    grouper.add("trains are late", "en", start + timedelta(days=20), key=3)
    again = grouper.add("swimming pool closes in winter again", "en", start + timedelta(days=21), key=4)
    assert again.concern_id == first


def test_the_same_concern_in_two_languages_is_proposed_by_its_names_and_links():
    grouper = Grouper()
    link = "https://example.org/pollution-dossier"
    for n in range(2):
        grouper.add(f"Pourquoi Lubrizol brûle encore {link}", "fr", key=f"f{n}")
        grouper.add(f"Why does Lubrizol burn again {link}", "en", key=f"e{n}")
    (match,) = grouper.cross_language_matches()
    assert {match.first, match.second} == {grouper.concern_of("f0"), grouper.concern_of("e0")}


def test_a_label_is_a_readers_own_sentence():
    grouper = Grouper()
    for n, text in enumerate(
        [
            "@desk Why is the swimming pool closed in winter? I pay taxes!",
            "swimming pool closed",
            "pool closed in winter",
        ]
    ):
        grouper.add(text, "en", key=n, author=n)
    assert grouper.label(grouper.concern_of(0)) in {
        "Why is the swimming pool closed in winter?",
        "Pool closed in winter",
    }


def test_quotes_come_from_different_people():
    grouper = Grouper()
    for n in range(6):
        grouper.add(f"the pool is closed {n}", "en", key=n, author=n % 2)
    authors = [q.author for q in grouper.representatives(grouper.concern_of(0), 5)]
    assert len(authors) == len(set(authors)) == 2


PROGRAM = """
import json, sys
from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.grouping import Grouper
from bench.scale import invented
live, batch = Grouper(), BatchGrouper(0.3, window=300)
for key, (_, text) in enumerate(invented(900)):
    live.add(text, "en", key=key)
    batch.add(text, "en")
live.recluster()
print(json.dumps([list(live.final().values()), list(batch.finish())]))
"""


def test_two_hash_seeds_give_the_same_concerns():
    answers = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "4711")
    ]
    assert json.loads(answers[0]) == json.loads(answers[1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙂",
        "a" * 100_000,
        "ha " * 50_000,
        "\ud800\udfff",
        "\x00\x1b[2J",
        "مرحبا بالعالم",
        "你好世界",
        "#" * 9_999,
        "' " * 9_999,
    ],
    ids=["empty", "emoji", "wall", "repeats", "surrogates", "controls", "arabic", "han", "hashes", "quotes"],
)
def test_hostile_texts_get_an_answer(text):
    grouper = BatchGrouper(0.3)
    for _ in range(3):
        grouper.add(text, "fr")
    live = Grouper().add(text, "fr", key=1)
    assert len(set(grouper.finish())) == 1
    assert (live.concern_id is None) == (grouper.concerns[0] == 0)


def test_a_concern_keeps_its_id_from_window_to_window():
    grouper = BatchGrouper(0.3, window=60)
    for n in range(240):
        topic = "abcdefghijkl"[n % 12] * 4
        grouper.add(f"{topic}pool {topic}closed {topic}winter {VOCABULARY[n // 12 % 10]}", "en")
    concerns = grouper.finish()
    assert concerns[0] == concerns[228]
