"""Who was there is told from who passes it on, in every language of the file."""

import tomllib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.triage import firsthand, triage
from smeditor.insight.triage.firsthand import cues, found, spelled_out, strength
from smeditor.insight.triage.normal import Reading
from smeditor.insight.triage.rules import FOLDER

THERE = [
    "I can smell the smoke from my balcony, sirens everywhere!!",
    "we just lost power on our street, water is up to the door",
    "J'ai senti le sol trembler, mes enfants ont peur, on est dehors maintenant",
    "Ma rue est inondée, je suis encore coincé ici",
    "Sentí el temblor en mi casa, qué susto, sigo aquí",
    "Ho sentito la scossa adesso, che paura, casa mia trema ancora",
    "Minha casa tremeu agora, eu senti tudo aqui",
    "Ang lakas ng ulan dito, baha na sa amin, natatakot ako",
]
PASSED_ON = [
    "RT @channel: BREAKING: officials report 12 injured after the flood https://news.example/1",
    "Police say two people were killed, according to the mayor. Latest: https://news.example/2",
    "Thoughts and prayers with everyone in the valley, stay safe",
    "Please donate to the relief fund for the victims: https://aid.example",
    "Selon la préfecture, le bilan s'élève à trois blessés https://actu.example",
    "Mucha fuerza, un abrazo a las víctimas y oraciones por todos",
]


@pytest.mark.parametrize("text", THERE)
def test_more_speaks_for_than_against_who_was_there(text):
    assert strength(Reading(text)) >= 1.5


@pytest.mark.parametrize("text", PASSED_ON)
def test_more_speaks_against_than_for_who_passes_it_on(text):
    assert strength(Reading(text)) <= -1.0


def test_whoever_was_there_comes_before_whoever_passes_it_on():
    there, passed_on = ([triage(text).tip_score for text in texts] for texts in (THERE, PASSED_ON))
    assert min(there) > max(passed_on)


def test_a_condition_counts_more_with_the_readers_own_place():
    assert strength(Reading("no power in my street")) > strength(Reading("no power")) + cues().by_name["place"].weight


def test_a_word_is_counted_once_and_the_second_by_its_own_weight():
    place = cues().by_name["place"]
    texts = ["outside", "outside here", "outside here nearby"]
    first, second, third = (strength(Reading(text)) for text in texts)
    assert (first, second, third) == (place.weight, place.weight + place.again, place.weight + place.again)


@pytest.mark.parametrize("text", ["", "La séance du conseil a lieu jeudi.", "The council meets on Thursday."])
def test_of_a_plain_sentence_nothing_speaks_either_way(text):
    assert strength(Reading(text)) == 0


def test_every_cue_says_why_and_none_is_found_by_nothing():
    known = cues()
    named = {phrase.name for phrases in known.phrases.values() for phrase in phrases} | set(known.tokens.values())
    assert all(cue.why.endswith(".") for cue in known.by_name.values())
    assert known.by_name.keys() - named == {"exclamation", "shared", "link"}


def test_no_expression_stands_in_two_cues():
    entries = tomllib.loads((FOLDER / firsthand.FILE).read_text(encoding="utf-8"))
    expressions = Counter(
        phrase
        for entry in entries.values()
        for phrase in {phrase for text in entry["words"] for phrase in spelled_out(text)}
    )
    assert [phrase for phrase, times in expressions.items() if times > 1] == []


def test_alternatives_are_spelled_out():
    assert list(spelled_out("down the (road|street)")) == [("down", "the", "road"), ("down", "the", "street")]


@given(st.text(max_size=300))
def test_any_text_has_a_strength_within_the_sum_of_all_weights(text):
    most = sum(abs(cue.weight) + abs(cue.again) + cue.own for cue in firsthand.cues().by_name.values())
    assert -most <= strength(Reading(text)) <= most


def test_a_hundred_thousand_characters_take_one_look_a_word():
    reading = Reading("down " * 20_000)
    assert found(reading) == []
