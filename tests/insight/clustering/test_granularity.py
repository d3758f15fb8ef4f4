"""A broad community is cut where its texts' nearest lie elsewhere, and stays whole where they lie within."""

import random

from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.granularity import levels, refined


def clique(nodes, weight=0.6):
    return [(a, b, weight) for a in nodes for b in nodes if a < b]


def graph_of(size, edges):
    graph = [{} for _ in range(size)]
    for a, b, weight in edges:
        graph[a][b] = graph[b][a] = weight
    return graph


def grouped(texts):
    grouper = BatchGrouper(0.3)
    for text in texts:
        grouper.add(text, "en")
    return list(grouper.finish())


def test_a_level_compares_the_farthest_of_the_neighbours_with_the_nearest():
    assert levels([[(1, 0.8), (2, 0.4)], [(0, 0.8)], []], 2) == [0.5, 0.0, 0.0]


def test_two_tight_groups_that_were_taken_for_one_are_told_apart():
    graph = graph_of(8, [*clique(range(4)), *clique(range(4, 8)), (0, 4, 0.3)])
    assert refined(graph, [0] * 8, 4.0, [0.2] * 8) == [1, 1, 1, 1, 0, 0, 0, 0]


def test_a_community_whose_texts_are_all_equally_near_stays_whole():
    graph = graph_of(8, clique(range(8)))
    assert refined(graph, [0] * 8, 4.0, [1.0] * 8) == [0] * 8


def test_a_pair_and_a_text_alone_are_never_cut():
    graph = graph_of(3, [(0, 1, 0.5)])
    assert sorted(refined(graph, [0, 0, 1], 4.0, [0.0] * 3)) == [0, 1, 1]


def test_many_small_concerns_in_the_words_of_one_broad_subject_are_not_swallowed_by_it():
    rng = random.Random(3)
    subject = ["virus", "health", "people", "city", "week", "government"]
    texts, gold = [], []
    for concern in range(120):
        own = [f"matter{concern}{mark}" for mark in "abcd"]
        for _ in range(3):
            texts.append(" ".join([*rng.sample(subject, 3), *rng.sample(own, 3)]))
            gold.append(concern)
    of_concern = {}
    for concern, found in zip(gold, grouped(texts), strict=True):
        of_concern.setdefault(found, set()).add(concern)
    assert sum(len(concerns) == 1 for concerns in of_concern.values()) >= 100


def test_concerns_that_many_raise_in_their_own_words_are_not_cut_to_pieces():
    rng = random.Random(3)
    gold = [concern for concern in range(30) for _ in range(30)]
    found = grouped(" ".join(rng.sample([f"matter{c}{mark}" for mark in "abcdefghij"], 6)) for c in gold)
    whole = [max(map(found[c * 30 : c * 30 + 30].count, found[c * 30 : c * 30 + 30])) for c in range(30)]
    assert min(whole) >= 25
