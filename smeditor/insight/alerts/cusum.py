"""How much likelier a fire is than the usual noise, summed up while it lasts.

Counts of people are Poisson counts around a rate that itself wavers: negative binomial, with a variance of
mean + dispersion · mean² (Greenwood and Yule 1920). The sum of the log likelihood ratios of "so many times the usual"
to "as usual", never below zero, finds a rise of that size soonest at a given number of false alarms (Page 1954,
Moustakides 1986). It needs no scale of its own: 5 is 150 times likelier, at two counts a bucket as at two hundred.
"""

import math

CEILING = 5.0
"""What a fire may leave behind in the sum, in natural logs: after a great one it comes down again within hours."""
LEAST_MEAN = 0.02
"""No bucket is expected to hold less, for a silent night must not make one comment a fire."""


def surprise(count: float, mean: float, dispersion: float, times: float) -> float:
    """Return the log likelihood ratio of a count under ``times`` the mean to under the mean, in natural logs.

    >>> round(surprise(8, 2.0, 0.0, 2.0), 3) == round(8 * math.log(2) - 2, 3)
    True
    """
    if dispersion * mean < 1e-6:
        return count * math.log(times) - mean * (times - 1.0)
    # Written with log1p, so that counts of millions don't drown the difference of two near logarithms.
    wavering = dispersion * mean * (times - 1.0)
    gain = math.log1p((times - 1.0) / (1.0 + dispersion * times * mean))
    return count * gain - math.log1p(wavering / (1.0 + dispersion * mean)) / dispersion


class Cusum:
    """The sum for rises of one size.

    ``times``: the rise it looks for, as a multiple of the usual.
    """

    def __init__(self, times: float) -> None:
        self.times = times
        self.sum = 0.0
        self.since = 0
        """Buckets since the sum was last zero: Page's estimate of when the fire began."""

    def add(self, count: float, mean: float, dispersion: float) -> float:
        """Take the next bucket and return the sum with it, in natural logs.

        What is handed on to the next bucket is capped, what is returned is not: a score that stops at a ceiling
        couldn't tell a great fire from a small one.
        """
        self.sum = max(0.0, min(self.sum, CEILING) + surprise(count, mean, dispersion, self.times))
        self.since = self.since + 1 if self.sum else 0
        return self.sum
