"""Groups in a graph of neighbours, by local moving.

Louvain (Blondel et al. 2008), with the queue of Leiden (Traag et al. 2019). Deterministic: the nodes are visited in
their order and ties keep a node where it is.
"""

from collections import deque
from collections.abc import Sequence

Graph = list[dict[int, float]]

LEAST_TOTAL = 300.0
"""Weight, summed over all nodes, that a graph is taken to have at least: a group of few is no less one where there are
few others, and would else be cut to pieces."""
MAX_VISITS = 12
"""Visits of a node, on average, after which one level of moving stops."""


def symmetric(edges: Sequence[Sequence[tuple[int, float]]], least: float) -> Graph:
    """Return the graph in which two nodes are joined if either names the other, from similarity ``least`` on."""
    graph: Graph = [{} for _ in edges]
    for place, found in enumerate(edges):
        for other, similarity in found:
            if similarity >= least:
                graph[place][other] = similarity
                graph[other][place] = similarity
    return graph


def total_weight(graph: Graph) -> float:
    """Return the weight of all edges, from both ends; at least what every graph is taken to have."""
    return max(sum([sum(edges.values()) for edges in graph]), LEAST_TOTAL)


def _move(graph: Graph, loops: list[float], factor: float) -> list[int]:
    """Move nodes one by one to the neighbouring group that raises modularity most, until none wants to."""
    weights = [sum(edges.values()) + loop for edges, loop in zip(graph, loops, strict=True)]
    group = list(range(len(graph)))
    mass = list(weights)
    queue, waiting = deque(group), bytearray(b"\1") * len(graph)
    visits = MAX_VISITS * len(graph)
    while queue and visits:
        visits -= 1
        node = queue.popleft()
        waiting[node] = 0
        edges = graph[node]
        if not edges:
            continue
        here, own = group[node], weights[node]
        pull = {here: 0.0}
        for other, weight in edges.items():
            there = group[other]
            pull[there] = pull.get(there, 0.0) + weight
        mass[here] -= own
        push = factor * own
        best, gain = here, pull[here] - push * mass[here] + 1e-9
        for there, weight in pull.items():
            value = weight - push * mass[there]
            if value > gain:
                best, gain = there, value
        mass[best] += own
        if best != here:
            group[node] = best
            for other in edges:
                if not waiting[other] and group[other] != best:
                    waiting[other] = 1
                    queue.append(other)
    return group


def _merged(graph: Graph, loops: list[float], group: list[int], n: int) -> tuple[Graph, list[float]]:
    """Return the graph whose nodes are the groups; a loop's weight counts both of its ends."""
    smaller: Graph = [{} for _ in range(n)]
    inner = [0.0] * n
    for node, edges in enumerate(graph):
        here = group[node]
        inner[here] += loops[node]
        row = smaller[here]
        for other, weight in edges.items():
            there = group[other]
            if there == here:
                inner[here] += weight
            else:
                row[there] = row.get(there, 0.0) + weight
    return smaller, inner


def communities(graph: Graph, resolution: float, total: float | None = None) -> list[int]:
    """Return the group of each node, numbered from 0 in the order of first appearance.

    ``graph``: symmetric weights; ``graph[a][b] == graph[b][a]``, no loops. ``resolution``: factor of the expected
    weight in modularity; higher gives more, smaller groups. ``total``: the weight of the whole, where ``graph`` is a part.
    """
    factor = resolution / (total_weight(graph) if total is None else total)
    result = list(range(len(graph)))
    loops = [0.0] * len(graph)
    while True:
        group = _move(graph, loops, factor)
        numbers: dict[int, int] = {}
        group = [numbers.setdefault(g, len(numbers)) for g in group]
        result = [group[g] for g in result]
        if len(numbers) == len(graph):
            return result
        graph, loops = _merged(graph, loops, group, len(numbers))
