"""From "it was 12, not 21" to the sentence of the article that says 21."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.corrections.passages import alike, claim, is_typo, locate, numbers, similarity

ARTICLE = [
    "Le conseil municipal a voté la hausse le 21 juin. Le prix du repas passe à 4,60 euros pour 12 400 élèves.",
    "Le maire, Paul Lefèvre, parle d'une mesure « inévitable ». L'opposition dénonce un choix brutal.",
    "La cuisine centrale, inaugurée en 1987 par Jeanne Marchetti, emploie 43 agents à Bellerive.",
]


@pytest.mark.parametrize(
    ("request_", "passage"),
    [
        ("C'était le 12 juin et non le 21.", "Le conseil municipal a voté la hausse le 21 juin."),
        ("Vous écrivez « choix brutal », personne n'a dit ça.", "L'opposition dénonce un choix brutal."),
        ("Ce n'est pas Marchetti qui l'a ouverte.", ARTICLE[2]),
        ("12.400 élèves ? Il y en a 9 000.", "Le prix du repas passe à 4,60 euros pour 12 400 élèves."),
        (
            'vous citez "une mesure inevitable" or il a dit nécessaire',
            "Le maire, Paul Lefèvre, parle d'une mesure « inévitable ».",
        ),
    ],
)
def test_the_contested_sentence_is_found_by_quotation_number_or_name(request_, passage):
    found = locate(request_, ARTICLE, "fr")
    assert found is not None
    assert found.text == passage
    assert ARTICLE[found.paragraph][found.start : found.end].strip() == passage


def test_nothing_is_located_where_nothing_points():
    assert locate("Quel scandale, c'est toujours pareil ici.", ARTICLE, "fr") is None
    assert locate("", ARTICLE) is None
    assert locate("Le 21 juin ?", []) is None


def test_numbers_are_one_however_they_are_written():
    assert numbers("1 240, 1,240 or 1240 or 1.240") == {"1240"}
    assert numbers("4,2 millions") == numbers("4.2 million") == {"4.2"}


def test_the_claim_says_what_is_right_and_what_is_wrong():
    found = claim("Bonjour. Le vote a eu lieu le 12 juin et non le 21.")
    assert (found.kind, found.right, found.wrong) == ("fact", "12", "21")


@pytest.mark.parametrize(
    "text",
    [
        "Petite coquille dans le titre.",
        "Son nom s'écrit Lefebvre.",
        "There is a typo in the headline.",
        "Le directeur est bien Morvan et non Morvand.",
    ],
)
def test_spelling_is_told_from_facts(text):
    assert claim(text).kind == "typo"


def test_two_numbers_are_never_two_spellings():
    assert not is_typo("19 and not 17", "19", "17")


def test_requests_about_the_same_number_are_alike():
    texts = ["The line is 87 km, not 78.", "Wrong, the mayor is Ann Smith.", "you say 78 km but it's 87"]
    assert {index for index, _ in alike("It is 87 km long and not 78", texts, "en")} == {0, 2}


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=5))
def test_any_text_gets_an_answer_that_lies_in_the_article(text, paragraphs):
    found = locate(text, paragraphs)
    assert found is None or found.text in paragraphs[found.paragraph]
    assert claim(text).kind in ("typo", "fact")


@given(st.text(max_size=200))
def test_similarity_is_symmetric_and_bounded(text):
    other = text[::-1] + " 21 Smith"
    assert similarity(text, other) == similarity(other, text)
    assert 0 <= similarity(text, other) <= 1
