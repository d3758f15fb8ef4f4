"""What is sure without a question."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.same_concern.groups import borne_out, certainties, sure_groups
from smeditor.insight.same_concern.probability import LEXICAL, SEMANTIC
from smeditor.insight.same_concern.questions import Candidate


@st.composite
def graphs(draw):
    size = draw(st.integers(1, 8))
    return size, [Candidate(i, j, draw(st.floats(-6, 6))) for i, j in combinations(range(size), 2)]


def test_a_likely_pair_is_joined_and_a_doubtful_one_is_not():
    groups = sure_groups(4, [Candidate(0, 1, 2.0), Candidate(2, 3, 0.0)])
    assert groups[0] == groups[1]
    assert groups[2] != groups[3]


def test_one_likely_link_does_not_chain_two_groups():
    chained = [Candidate(0, 1, 3.0), Candidate(1, 2, 3.0), Candidate(0, 2, -6.0)]
    assert len(set(sure_groups(3, chained))) == 2


def test_what_an_editor_said_holds_against_the_evidence():
    found = [Candidate(0, 1, 5.0), Candidate(0, 2, -5.0), Candidate(1, 2, -5.0)]
    groups = sure_groups(3, found, together=[(0, 2)], apart=[(0, 1)])
    assert groups[0] == groups[2] != groups[1]


@given(graphs(), st.data())
def test_no_group_holds_two_whom_an_editor_parted(graph, data):
    size, found = graph
    parted = data.draw(st.lists(st.sampled_from(list(combinations(range(size), 2)) or [(0, 0)]), max_size=3))
    parted = [pair for pair in parted if pair[0] != pair[1]]
    groups = sure_groups(size, found, apart=parted)
    assert all(groups[a] != groups[b] for a, b in parted)


@given(graphs())
def test_a_stricter_threshold_never_makes_fewer_groups(graph):
    size, found = graph
    assert len(set(sure_groups(size, found, sure=0.9))) >= len(set(sure_groups(size, found, sure=0.5)))


@given(graphs())
def test_each_text_has_a_group(graph):
    size, found = graph
    assert len(sure_groups(size, found)) == size


def test_a_group_of_the_words_is_borne_out_by_the_mean_of_its_pairs():
    found = [Candidate(0, 1, 1.0), Candidate(0, 2, 1.0), Candidate(1, 2, -1.0), Candidate(3, 4, -3.0)]
    assert borne_out([7, 7, 7, 8, 8], found, SEMANTIC) == [(0, 1), (0, 2), (1, 2)]
    assert borne_out([None, None, None, None, None], found, SEMANTIC) == []


def test_by_words_alone_less_is_asked_of_a_group():
    doubtful = [Candidate(0, 1, -0.8)]
    assert borne_out([1, 1], doubtful, LEXICAL) == [(0, 1)]
    assert borne_out([1, 1], doubtful, SEMANTIC) == []


def test_a_lone_text_has_no_certainty():
    assert certainties([7, 8, None, None], [Candidate(0, 1, 2.0), Candidate(2, 3, 2.0)]) == {}
