"""Second thoughts: the texts of a window, grouped anew by their neighbours, under the ids that they already have.

Assigning each text as it comes is quick but depends on who came first. Settling looks at the window as a whole: a
graph of nearest neighbours, its communities, and for each community the permanent id that most of its texts bear.
"""

from collections.abc import Callable, Sequence

from smeditor.insight.communities import communities, symmetric
from smeditor.insight.neighbours import Window

LEAST_SIMILARITY = 0.2
"""Cosine below which two texts are no neighbours at the shipped threshold: what shares only common words."""


def resolution(threshold: float) -> float:
    """Return the resolution of the communities for a similarity threshold: 4 at the shipped 0.3, doubled every 0.2."""
    return float(2.0 ** (0.5 + 5.0 * threshold))


def least_similarity(threshold: float) -> float:
    """Return the cosine from which two texts count as neighbours; it rises with the threshold above the shipped one."""
    return min(LEAST_SIMILARITY + max(threshold - 0.3, 0.0), 0.95)


def settle(
    bags: Sequence[Sequence[str]], known: Sequence[int], threshold: float, found: Callable[[], int]
) -> list[int]:
    """Return the concern of each text of a window.

    Args:
        bags: distinct terms of each text.
        known: the concern that each text has now, 0 for none.
        threshold: as for the grouper.
        found: gives the next unused id.

    An id stays with the community that holds most of its texts; a community takes one id, the one that most of its
    texts bear (the older where two are level), or a new one where none is left to it.
    """
    window = Window(bags)
    graph = symmetric([window.nearest(place) for place in range(len(bags))], least_similarity(threshold))
    group = communities(graph, resolution(threshold))
    votes: dict[tuple[int, int], int] = {}
    for place, concern in enumerate(known):
        if concern:
            pair = (concern, group[place])
            votes[pair] = votes.get(pair, 0) + 1
    named: dict[int, int] = {}
    taken: set[int] = set()
    for concern, community in sorted(votes, key=lambda pair: (-votes[pair], pair)):
        if concern not in taken and community not in named:
            named[community] = concern
            taken.add(concern)
    result = []
    for community in group:
        if community not in named:
            named[community] = found()
        result.append(named[community])
    return result
