"""Which pairs an editor is asked about, and in which order."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.same_concern.questions import Candidate, Interview, crosses, in_order, ranked

sizes = st.integers(2, 7)


@st.composite
def candidates(draw):
    size = draw(sizes)
    return size, [Candidate(i, j, draw(st.floats(-6, 6))) for i, j in combinations(range(size), 2)]


def pairs(found):
    return [(c.first, c.second) for _value, c in found]


def test_what_follows_from_the_questions_before_is_asked_last():
    triangle = [Candidate(0, 1, 3.0), Candidate(1, 2, 2.9), Candidate(0, 2, 2.8), Candidate(3, 4, 1.0)]
    assert pairs(ranked(triangle)) == [(0, 1), (1, 2), (3, 4), (0, 2)]


@given(candidates())
def test_every_candidate_is_ranked_once_and_values_never_rise(given_candidates):
    _size, found = given_candidates
    order = list(ranked(found))
    assert sorted(pairs(order)) == sorted((c.first, c.second) for c in found)
    values = [value for value, _candidate in order]
    assert all(a >= b - 1e-6 for a, b in pairwise(values))


def test_a_question_about_two_languages_comes_before_one_as_likely_in_one_language():
    found = [Candidate(0, 1, 0.1), Candidate(2, 3, 0.0)]
    order = in_order([found], [["fr", "fr", "fr", "en"]], 10)
    assert [(c.first, c.second) for _article, c in order] == [(2, 3), (0, 1)]
    assert order[0][1].log_odds == 0.0  # the order is moved, never the probability


def test_the_questions_of_all_articles_are_asked_in_one_order():
    order = in_order([[Candidate(0, 1, 1.0)], [Candidate(0, 1, 2.0)]], [["fr", "fr"], ["fr", "fr"]], 10)
    assert [article for article, _candidate in order] == [1, 0]
    assert len(in_order([[Candidate(0, 1, 1.0)], [Candidate(0, 1, 2.0)]], [["fr"] * 2] * 2, 1)) == 1


def test_two_tags_of_one_language_are_one_language():
    assert not crosses(["fr-CA", "fr"], Candidate(0, 1, 0.0))
    assert crosses(["fr", "de"], Candidate(0, 1, 0.0))


def test_an_answer_moves_the_next_question():
    interview = Interview(4, [Candidate(0, 1, 2.0), Candidate(1, 2, 0.5), Candidate(2, 3, 0.9)])
    first = interview.next()
    assert first is not None
    assert (first.first, first.second) == (0, 1)
    interview.answer(0, 1, same=True)
    second = interview.next()
    assert second is not None
    assert (second.first, second.second) == (1, 2)  # a pair that may become three comes before a new pair


@given(candidates(), st.data())
def test_no_pair_is_asked_whose_answer_follows(given_candidates, data):
    size, found = given_candidates
    interview = Interview(size, found)
    asked = 0
    while (question := interview.next()) is not None:
        groups = interview.groups()
        assert groups[question.first] != groups[question.second]
        interview.answer(question.first, question.second, same=data.draw(st.booleans()))
        asked += 1
    assert asked <= len(found)


@given(candidates())
def test_yes_to_all_makes_one_group_after_one_question_fewer_than_texts(given_candidates):
    size, found = given_candidates
    interview, asked = Interview(size, found), 0
    while (question := interview.next()) is not None:
        interview.answer(question.first, question.second, same=True)
        asked += 1
    assert asked == size - 1
    assert len(set(interview.groups())) == 1


def test_the_first_word_holds_against_a_later_contradiction():
    interview = Interview(3, [])
    interview.answer(0, 1, same=False)
    interview.answer(0, 2, same=True)
    interview.answer(1, 2, same=True)
    assert interview.groups()[0] == interview.groups()[2] != interview.groups()[1]
