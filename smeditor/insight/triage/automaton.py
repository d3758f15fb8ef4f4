"""Where in a text do rules begin and end? One look-up a word, by an automaton that is built as it is used.

A state is the set of places in the trees of words (``rules.Node``) at which one may stand after the words read so far,
whatever word one began with. A transition is worked out when it is met for the first time and remembered: common words
follow each other in ever the same ways, so that nearly every step is one dictionary look-up. States end at gaps and at
kinds that no word is remembered by; what lies beyond is walked by ``match``, and only if the text holds what it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smeditor.insight.triage.rules import Entry, Node

REMEMBERED = 150_000
"""Transitions kept before all are forgotten: bounds memory at some 40 MB for each language."""

CHOICES = 500
"""Answers of ``Ends.open_ways`` that are remembered for each state."""

Place = tuple[int, int, "Node"]
"""``(tree, back, node)``: in which of the trees, how many words after it began, and where in it."""

Way = tuple[int, "int | str", "Node"]
"""``(back, reach, node)``: how many words after it began, the reach of the gap or the kind of the next word, and the
node beyond."""

Guess = tuple[int, str, "Node"]
"""``(tree, kind, node)``: here, if the word before the last one was of a kind that no word is remembered by."""


class Ends:
    """What a state means for the trees of one purpose.

    ``done``: (words back to where it began, rule, whether only a sentence's end completes it). ``ways``: (words back,
    reach of the gap or kind of the next word, node beyond it). ``guesses``: (tree, kind, node) of rules that begin one
    word earlier if that word is of the kind. ``need``: the keys, as bits, of which the text needs one for a way to lead
    anywhere. ``always``: whether a way needs nothing.
    """

    __slots__ = ("_known", "always", "done", "guesses", "need", "ways")

    def __init__(self, places: Iterable[Place], guesses: Iterable[Guess]) -> None:
        found = [(back, node) for _, back, node in places]
        self.done = tuple((back, rule, at_end) for back, node in found for rule, at_end in node.done)
        ways: list[Way] = []
        for back, node in found:
            ways += [(back, reach, way) for reach, way in node.leaps]
            ways += [(back, kind, way) for kind, way in node.open]
        self.ways = tuple(ways)
        self.guesses = tuple(guesses)
        self.always = any(way.done for _, _, way in ways)
        self.need = 0
        for _, _, way in ways:
            self.need |= way.need
        self._known: dict[int, list[Way]] = {}

    def __bool__(self) -> bool:
        return bool(self.done or self.ways or self.guesses)

    def open_ways(self, needed: int) -> list[Way]:
        """Return those of ``ways`` that may lead somewhere in a text that answers to ``needed`` of what they need."""
        found = self._known.get(needed)
        if found is None:
            if len(self._known) >= CHOICES:
                self._known.clear()
            found = self._known[needed] = [way for way in self.ways if way[2].done or way[2].need & needed]
        return found


class State(dict["Entry | None", "State"]):
    """The transitions out of one state, by the next word's entry.

    ``claims`` and ``objections``: what it means for rules that speak for a label, and for those that only ever speak
    against one; None for nothing. ``live``: whether there is either. ``initial``: the next word begins a sentence.
    """

    __slots__ = ("automaton", "claims", "initial", "live", "objections", "places")

    def __init__(
        self, automaton: Automaton, places: tuple[Place, ...], guesses: tuple[Guess, ...], initial: bool
    ) -> None:
        super().__init__()
        self.automaton, self.places, self.initial = automaton, places, initial
        self.claims = Ends([p for p in places if p[0] < 2], [g for g in guesses if g[0] < 2]) or None
        self.objections = Ends([p for p in places if p[0] >= 2], [g for g in guesses if g[0] >= 2]) or None
        self.live = self.claims is not None or self.objections is not None

    def __missing__(self, entry: Entry | None) -> State:
        state = self.automaton.step(self, entry)
        self[entry] = state
        return state


class Automaton:
    """The automaton over four trees.

    They hold the rules that begin anywhere, those that begin with a sentence, and both again for rules that only ever
    speak against a label.
    """

    def __init__(self, trees: Iterable[Node]) -> None:
        self._trees = tuple(trees)
        self._states: dict[tuple[tuple[Place, ...], tuple[Guess, ...], bool], State] = {}
        self._steps = 0
        self.start = State(self, (), (), initial=True)

    def step(self, state: State, entry: Entry | None) -> State:
        """Return the state to which ``entry`` leads."""
        if self._steps >= REMEMBERED:
            self._steps = 0
            self._states.clear()
            self.start.clear()
            state.clear()
        self._steps += 1
        if entry is None:
            return self._state((), (), initial=False)
        places: dict[Place, None] = {}
        guesses: dict[Guess, None] = {}
        for key in entry.keys:
            for tree, back, node in state.places:
                if key in node.next:
                    places[tree, back + 1, node.next[key]] = None
            for tree, root in enumerate(self._trees):
                if key in root.next and (state.initial or not tree % 2):
                    places[tree, 0, root.next[key]] = None
                for kind, way in root.open:
                    if key in way.next:
                        guesses[tree, kind, way.next[key]] = None
        initial = entry.boundary or (state.initial and entry.mention)
        return self._state(tuple(places), tuple(guesses), initial)

    def _state(self, places: tuple[Place, ...], guesses: tuple[Guess, ...], initial: bool) -> State:
        kept = tuple(place for place in places if place[2].next or place[2].done or place[2].leaps)
        likeness = kept, guesses, initial
        known = self._states.get(likeness)
        if known is None:
            known = self._states[likeness] = State(self, *likeness)
        return known
