"""A threshold that starts as shipped and rises, once, for a series whose noise is wilder than the shipped one allows.

In the first two weeks in which a series has a weekly shape of its own, its quarters of a day are counted whose highest
score reaches the shipped threshold. A calm series has two at most and keeps it; so does one with a single real
fire. A wilder one gets the level that its own tail says it reaches ``WANTED`` times a week: what lies above a high level
is nearly exponential (Pickands 1975), so that the mean excess of the highest peaks tells how far to go. Then the
threshold stands still, so that a month of real fires can't talk it into silence.
"""

import math

WATCHED_WEEKS = 2
ALLOWED = 2
"""Quarters of a day in the watched weeks that may reach the shipped threshold before it is found too low."""
PEAKS = 12
"""Highest quarters of a day from which the tail is read."""
WANTED = 0.5
"""False alarms a week to aim for, so that the promised one a week holds where the estimate is a little off."""
RAISED_AT_MOST = 4.0


class QuietThreshold:
    """The limit of one kind of score.

    ``shipped``: the limit until the watch is over, and the lowest ever after. ``day``: buckets in a day.
    """

    def __init__(self, shipped: float, day: int) -> None:
        self.shipped = self.limit = shipped
        self._quarter = max(day // 4, 1)
        self._watch = WATCHED_WEEKS * 7 * max(day, 1)
        self._at = 0
        self._peaks: list[float] = []

    def learn(self, score: float) -> None:
        """Take the score of the next bucket of a series whose weekly shape is known."""
        if self._at >= self._watch:
            return
        if self._at % self._quarter == 0:
            self._peaks.append(score)
        else:
            self._peaks[-1] = max(self._peaks[-1], score)
        self._at += 1
        if self._at >= self._watch:
            self.limit = self._fitted()
            self._peaks = []

    def _fitted(self) -> float:
        peaks = sorted(self._peaks, reverse=True)
        if len(peaks) <= PEAKS or peaks[ALLOWED] < self.shipped:
            return self.shipped
        level = peaks[PEAKS]
        excess = sum(peak - level for peak in peaks[:PEAKS]) / PEAKS
        wanted = level + excess * math.log(PEAKS / (WANTED * WATCHED_WEEKS))
        return min(max(wanted, self.shipped), RAISED_AT_MOST * self.shipped)
