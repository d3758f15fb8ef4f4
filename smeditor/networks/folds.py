"""Where a network's own apps cut a long text and offer the rest behind "more"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fold:
    """How much of a text is shown before "more": ``characters`` (graphemes) and ``lines``, whichever is less.

    Both as in the network's feed on a computer; a telephone shows less. None: no such limit.
    """

    characters: int | None = None
    lines: int | None = None

    def shown(self, text: str) -> int:
        """How many code points of ``text`` stand before "more": all of them where nothing is cut."""
        end = len(text)
        if self.characters is not None:
            from smeditor.text.graphemes import boundaries

            edges = boundaries(text)
            end = edges[min(self.characters, len(edges) - 1)]
        if self.lines is not None:
            end = min(end, len("\n".join(text.split("\n")[: self.lines])))
        return end


WHOLE = Fold()
"""Nothing is cut."""
