"""How alike the texts of a concern are to be, where an editor wants it other than usual."""

STEP = 0.1
"""What is added to the threshold for a concern that is to be tight, and taken off for one to be broad."""


class Grains(dict[int, int]):
    """Concern → 1 tight, -1 broad; those that are missing are as usual."""

    def limit(self, threshold: float, concern: int, otherwise: int) -> float:
        """Return the similarity from which a text joins a concern; ``otherwise``: its grain, where none is known."""
        return min(threshold + STEP * (self.get(concern) or otherwise), 1.0)

    def allow(self, before: int, after: int) -> bool:
        """Whether second thoughts may put a text of ``before`` into ``after``: never in or out of what is not as usual."""
        return before != after and not self.get(before) and not self.get(after)
