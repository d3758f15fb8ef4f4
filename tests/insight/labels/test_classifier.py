"""Editors' labels become one small model: explained, exported, promoted on conditions, and unlearned."""

import random
import subprocess
import sys

import pytest

from smeditor.insight.labels.classifier import LabelClassifier, LabelledText, average_precision, rebuild, trial

ASK = ["when does the road reopen", "how can I cancel", "where is the form", "is it open on sunday"]
TELL = ["what a shame", "same old story again", "I walked past yesterday", "the mayor spoke for an hour"]


def labels(count, seed=1):
    pick = random.Random(seed)
    rows = []
    for number in range(count):
        value = number % 3 == 0
        parts = [pick.choice(ASK if value else TELL), pick.choice(["today", "in town", "please", "again"])]
        rows.append(LabelledText(str(number), " ".join(parts), value, rule_score=pick.random()))
    return rows


def test_it_learns_what_editors_mark():
    model = rebuild("question", labels(120))
    assert model.probability("when does it open") > model.threshold > model.probability("the same old mayor")


def test_its_reasons_are_words():
    model = rebuild("question", labels(120))
    spoke = dict(model.explain("when does the mayor speak"))
    assert spoke["when"] > 0 > spoke["mayor"]
    assert all(word[0] not in "#<" for word, _ in model.top_tokens())


def test_an_exported_model_answers_the_same_and_a_foreign_file_is_refused():
    model = rebuild("question", labels(60))
    again = LabelClassifier.from_json(model.to_json())
    assert again.to_json() == model.to_json()
    assert again.probability("when is it open") == pytest.approx(model.probability("when is it open"), abs=1e-3)
    for foreign in ("{}", "[]", "null", '{"format": 9}', "no json"):
        with pytest.raises(ValueError):
            LabelClassifier.from_json(foreign)


def test_a_forgotten_text_leaves_no_trace():
    rows = labels(60)
    secret = [LabelledText("x1", "zanzibar plumbing", True), LabelledText("x2", "zanzibar plumbing", True)]
    assert "zanzibar" in rebuild("question", [*rows, *secret]).to_json()
    assert rebuild("question", [*rows, *secret], forget=["x1", "x2"]).to_json() == rebuild("question", rows).to_json()


def test_the_same_labels_give_the_same_model_under_any_hash_seed():
    code = (
        "from tests.insight.labels.test_classifier import labels;from smeditor.insight.labels.classifier import rebuild;"
        "print(hash('a') and rebuild('q', labels(45)).to_json())"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outs) == 1


@pytest.mark.parametrize(
    "rows", [[], labels(1), [LabelledText("1", "only yes", True)] * 5, [LabelledText("1", "", False)] * 3]
)
def test_too_few_labels_are_answered_all_the_same(rows):
    assert 0 <= rebuild("question", rows).probability("anything") <= 1
    assert trial("question", rows).ready is False


def test_promotion_needs_200_labels_50_positives_and_to_beat_the_rules():
    assert trial("question", labels(150)).missing == ("labels",)
    assert trial("question", labels(120)).missing == ("labels", "positives")
    assert trial("question", labels(210)).ready
    perfect_rules = [LabelledText(row.id, row.text, row.value, float(row.value)) for row in labels(210)]
    assert trial("question", perfect_rules).missing == ("better",)


def test_average_precision_shares_ties():
    assert average_precision([0.9, 0.8, 0.1], [True, False, True]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([0.5, 0.5], [True, False]) == 0.5
    assert average_precision([], []) == 0.0
