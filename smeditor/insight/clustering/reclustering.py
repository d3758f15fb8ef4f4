"""Second thoughts: the texts of a window, grouped anew by their neighbours, under the ids that they already have.

Assigning each text as it comes is quick but depends on who came first. Reclustering takes the window as a whole: a
graph of nearest neighbours, its communities, and for each community the permanent id that most of its texts bear.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from smeditor.insight.clustering.communities import communities, symmetric
from smeditor.insight.clustering.granularity import levels, refined
from smeditor.insight.clustering.neighbours import NEIGHBOURS, Window

LEAST_SIMILARITY = 0.2
"""Cosine below which two texts are no neighbours at the shipped threshold: what shares only common words."""

FEW = 300
STRICTER = 0.15
"""What is added to it for a handful of texts; half of it for FEW."""

LEAST_MEMBERS = 10
"""Texts from which a community's centroid is steady enough to be compared."""
TWIN = 0.6
"""Cosine of two centroids from which they are one concern."""
TOP_TERMS, TOP_SHARED = 6, 3
"""Heaviest terms of a community, and how many of them a twin must share to be compared at all."""


def resolution(threshold: float) -> float:
    """Return the resolution of the communities for a similarity threshold: 4 at the shipped 0.3, doubled every 0.2."""
    return float(2.0 ** (0.5 + 5.0 * threshold))


def least_similarity(threshold: float, texts: int) -> float:
    """Return the cosine from which two of so many texts count as neighbours.

    It rises with the threshold above the shipped one, and the fewer the texts: a few have no nearer neighbours that
    would outweigh a chance one.
    """
    few = FEW / (FEW + texts)
    return min(LEAST_SIMILARITY + max(threshold - 0.3, 0.0) + STRICTER * few, 0.95)


def rejoined(window: Window, group: Sequence[int]) -> list[int]:
    """Put together again what the resolution cut only because it was large: communities that say the same.

    ``window``: the texts. ``group``: the community of each text.

    Two communities of at least LEAST_MEMBERS texts are one where their centroids are all but equal (TWIN).
    """
    counts: dict[int, dict[str, int]] = {}
    sizes: dict[int, int] = {}
    for place, community in enumerate(group):
        sizes[community] = sizes.get(community, 0) + 1
        centroid = counts.setdefault(community, {})
        for term in window.vectors[place]:
            centroid[term] = centroid.get(term, 0) + 1
    parent = {community: community for community in counts}
    centroids: dict[int, dict[str, float]] = {}
    by_term: dict[str, list[int]] = {}
    for community in sorted(counts, key=lambda c: (-sizes[c], c)):
        if sizes[community] < LEAST_MEMBERS:
            break
        weighted = {t: n * math.sqrt(window.rarity[t]) for t, n in counts[community].items() if n > 1}
        length = math.sqrt(sum([w * w for w in weighted.values()])) or 1.0
        weights = centroids[community] = {term: weight / length for term, weight in weighted.items()}
        top = sorted(weights, key=lambda term: (-weights[term], term))[:TOP_TERMS]
        met: dict[int, int] = {}
        for term in top:
            for other in by_term.setdefault(term, []):
                met[other] = met.get(other, 0) + 1
            by_term[term].append(community)
        twins = [
            (sum([w * centroids[other].get(term, 0.0) for term, w in weights.items()]), -other)
            for other, shared in met.items()
            if shared >= TOP_SHARED
        ]
        if twins and max(twins)[0] >= TWIN:
            parent[community] = parent[-max(twins)[1]]
    return [parent[community] for community in group]


class Reclustering:
    """The work of grouping a window anew, in slices: ``compare`` some texts at a time, then ask for the ``result``.

    ``bags``: distinct terms of each text. ``threshold``: as for the grouper. ``common``: the shares of the language's
    common terms, as for ``Window``.
    """

    def __init__(
        self, bags: Sequence[Sequence[str]], threshold: float, common: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.window = Window(bags, common)
        self.threshold = threshold
        self._nearest: list[list[tuple[int, float]]] = []

    @property
    def left(self) -> int:
        """How many texts have not been compared yet."""
        return self.window.size - len(self._nearest)

    def compare(self, texts: int) -> int:
        """Find the neighbours of the next ``texts`` texts, or of all that are left; return how many those were."""
        first = len(self._nearest)
        last = min(first + texts, self.window.size)
        self._nearest += [self.window.nearest(place) for place in range(first, last)]
        return last - first

    def result(self, known: Sequence[int], found: Callable[[], int]) -> list[int]:
        """Return the concern of each text, once all are compared.

        ``known``: the concern that each text has now, 0 for none. ``found``: gives the next unused id.

        An id stays with the community that holds most of its texts; a community takes one id, the one that most of its
        texts bear (the older where two are level), or a new one where none is left to it.
        """
        graph = symmetric(self._nearest, least_similarity(self.threshold, self.window.size))
        fineness = resolution(self.threshold)
        found_first = communities(graph, fineness)
        group = rejoined(self.window, refined(graph, found_first, fineness, levels(self._nearest, NEIGHBOURS)))
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
        for community in group:
            if community not in named:
                named[community] = found()
        return [named[community] for community in group]


def recluster(
    bags: Sequence[Sequence[str]],
    known: Sequence[int],
    threshold: float,
    found: Callable[[], int],
    common: Mapping[str, float] = MappingProxyType({}),
) -> list[int]:
    """Return the concern of each text of a window, all at once; arguments and result as of :class:`Reclustering`."""
    work = Reclustering(bags, threshold, common)
    work.compare(len(bags))
    return work.result(known, found)
