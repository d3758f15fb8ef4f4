"""What an editor wants of a concern decides how near a later text must stand, and second thoughts leave it alone."""

from smeditor.insight.clustering.grains import STEP, Grains
from smeditor.insight.clustering.grouping import Grouper

HEATING = "The heating in our school is broken again"
NEAR = "School heating broken and nobody has told us why it takes so long this winter"


def similarity():
    grouper = Grouper(0.01)
    grouper.add(HEATING, "en")
    return grouper.add(NEAR, "en").similarity


def placed(grain, of_article=0):
    grouper = Grouper(similarity() + STEP / 2)
    first = grouper.add(HEATING, "en", key=1).concern_id
    grouper.grains[first] = grain
    return grouper.add(NEAR, "en", key=2, grain=of_article).concern_id == first


def test_the_limit_moves_by_a_step_either_way_and_never_beyond_one():
    grains = Grains({7: 1, 8: -1})
    assert [grains.limit(0.4, concern, 0) for concern in (6, 7, 8)] == [0.4, 0.4 + STEP, 0.4 - STEP]
    assert grains.limit(0.95, 7, 0) == 1.0


def test_a_text_that_is_not_quite_near_joins_a_broad_concern_and_no_tight_one():
    assert placed(-1)
    assert not placed(0)
    assert not placed(1)


def test_what_is_wanted_of_the_concern_outweighs_what_is_wanted_of_the_article():
    assert placed(0, of_article=-1)
    assert not placed(1, of_article=-1)


def test_second_thoughts_move_nothing_into_a_tight_concern():
    grouper = Grouper(0.9)
    for key in range(12):
        grouper.add(f"{HEATING} and number{key}", "en", key=key)
    before = grouper.final()
    for concern in before.values():
        grouper.grains[concern] = 1
    grouper.threshold = 0.2
    assert grouper.recluster() == {}
    assert grouper.final() == before
