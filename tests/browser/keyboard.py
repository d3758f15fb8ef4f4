"""An editor without a mouse: Tab until something has the focus, then a key. What the keyboard does not reach fails the test."""

from __future__ import annotations

FOCUSED = "selector => document.activeElement.matches(selector)"
NAMED = """() => {
    const part = document.activeElement;
    return `${part.tagName} ${part.name || part.id} ${(part.getAttribute('aria-label') || part.innerText || '').slice(0, 40)}`;
}"""
LOST = "() => document.activeElement === document.body"


class Keyboard:
    """The keys of one page, and how often something was set off by them.

    ``presses`` counts as a click would be counted: Enter and Space, and not the way there.
    """

    def __init__(self, page) -> None:
        self.page, self.presses = page, 0

    def to(self, selector: str, most: int = 120, back: bool = False) -> None:
        """Press Tab until what ``selector`` names has the focus."""
        passed = []
        for _press in range(most):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate(FOCUSED, selector):
                return
            passed.append(self.page.evaluate(NAMED))
        raise AssertionError(f"the keyboard does not reach {selector}: {passed}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += key in ("Enter", "Space")
            self.page.keyboard.press(key)

    def go(self, key: str = "Enter") -> None:
        """Press ``key``, which leads to another page."""
        with self.page.expect_navigation():
            self.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def keeps_its_place(self) -> None:
        """The focus was not thrown back to the beginning of the page."""
        assert not self.page.evaluate(LOST), "the focus is lost"

    def approve(self) -> None:
        """Approve the post that is open: the menu of the footer, and the first act of it."""
        self.to("footer [data-w-dropdown-target='toggle']")
        self.press("Enter")
        self.to("button[name='action-publish']")
        self.go()
