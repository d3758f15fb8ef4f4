"""A threshold that starts as shipped and fits itself, once, to how wild a series is.

In the first week in which a series has a season of its own, the second highest peak is taken for what its noise can
do: one real fire in that week changes nothing, and a calm series gets a lower threshold than a wild one. Then the
threshold stands still, so that a month of real fires can't talk it into silence.
"""

LOWERED_AT_MOST = 0.9
RAISED_AT_MOST = 4.0
MARGIN = 1.6
"""By how much the limit stands above the second highest peak of the watched week."""


class QuietThreshold:
    """The limit of one kind of score.

    Args:
        shipped: the limit until the week is over.
        day: buckets in a day.
    """

    def __init__(self, shipped: float, day: int) -> None:
        self.shipped = self.limit = shipped
        self._week = max(7 * day, 1)
        self._gap = max(day // 4, 1)
        self._at = 0
        self._peaks: list[tuple[int, float]] = []

    def learn(self, score: float) -> None:
        """Take the score of the next bucket of a settled series."""
        if self._at >= self._week:
            return
        self._at += 1
        if self._peaks and self._at - self._peaks[-1][0] < self._gap:
            if score >= self._peaks[-1][1]:
                self._peaks[-1] = (self._at, score)
        else:
            self._peaks.append((self._at, score))
        if self._at >= self._week:
            values = sorted((value for _, value in self._peaks), reverse=True)
            wanted = MARGIN * values[1] if len(values) > 1 else 0.0
            self.limit = min(max(wanted, LOWERED_AT_MOST * self.shipped), RAISED_AT_MOST * self.shipped)
            self._peaks = []
