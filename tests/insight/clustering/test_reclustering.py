"""Second thoughts come to the same in slices as at once, and a lean grouper keeps no more than it looks at."""

from smeditor.insight.clustering.grouping import Grouper
from smeditor.insight.clustering.reclustering import Reclustering, recluster

SUBJECTS = ["heating school broken cold", "train late station again", "river noisy night boats", "mayor budget park"]


def bags(number: int) -> list[tuple[str, ...]]:
    return [(*SUBJECTS[place % 4].split()[: 2 + place % 3], f"word{place % 7}") for place in range(number)]


def test_slices_of_any_size_come_to_what_the_whole_comes_to():
    texts, known = bags(90), [1 + place % 5 for place in range(90)]
    whole = recluster(texts, known, 0.3, iter(range(100, 200)).__next__)
    work = Reclustering(texts, 0.3)
    compared = [work.compare(7) for _slice in range(20)]
    assert (sum(compared), work.left) == (90, 0)
    assert work.result(known, iter(range(100, 200)).__next__) == whole


def lean(number: int, window: int) -> Grouper:
    grouper = Grouper(window=window, lean=True)
    for place in range(number):
        grouper.add(f"{SUBJECTS[place % 4]} word{place % 7}", "en", key=place, author=f"reader{place}")
    return grouper


def test_a_lean_grouper_forgets_the_texts_that_left_its_window():
    grouper = lean(50, window=10)
    assert sorted(grouper.final()) == list(range(40, 50))
    assert grouper.concern_of(0) is None


def test_a_lean_grouper_places_texts_as_any_other():
    full = Grouper(window=10)
    for place in range(50):
        full.add(f"{SUBJECTS[place % 4]} word{place % 7}", "en", key=place)
    assert lean(50, window=10).final() == {key: full.final()[key] for key in range(40, 50)}


def test_a_lean_grouper_keeps_neither_a_readers_sentence_nor_who_wrote_it():
    concerns = lean(20, window=10).concerns.values()
    assert [concern.quotes for concern in concerns] == [[]] * len(concerns)
    assert not any(concern.authors for concern in concerns)


def test_what_was_forgotten_while_it_was_compared_is_left_out():
    grouper = Grouper()
    for place in range(12):
        grouper.add(f"{SUBJECTS[place % 2]} word{place}", "en", key=place)
    window = grouper.window_of("en")
    window.work.compare(12)
    grouper.forget(3)
    assert 3 not in grouper.finish_recluster(window)


def test_a_concern_that_is_recalled_by_its_terms_is_found_again():
    grouper = Grouper(lean=True)
    grouper.recall(17, {"heat": 9, "school": 8, "broken": 5}, 9, "en", None)
    assert grouper.add("The heating in our school is broken again", "en").concern_id == 17
    assert grouper.add("Nobody has seen the mayor's budget", "en").concern_id == 18
