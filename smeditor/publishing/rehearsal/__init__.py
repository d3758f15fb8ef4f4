"""The rehearsal: a whole day of the queue against networks in memory that fail as real ones do. Nothing leaves the house.

The real engine runs over a copy of what is queued, in a database of its own that lives in memory, on a clock that jumps
from one thing that is due to the next (:mod:`.day`).
"""
