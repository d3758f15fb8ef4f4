"""What is pasted into the composer from a text program is kept as plain text with its line breaks, and nothing is lost."""

import pytest

from tests.browser.composer import newest, opened, saved
from tests.browser.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RICH = """<html><body><!--StartFragment--><h2>The tram&nbsp;opens</h2>
<p>It has <b>nine</b> stops, <a href="https://paper.example/tram">says</a> the&#x2019;s mayor.</p>
<ul><li>First</li><li>Second &amp; last</li></ul><p>One<br>two</p><!--EndFragment--></body></html>"""
PLAIN = "The tram\u00a0opens\n\nIt has nine stops, says the’s mayor.\n\nFirst\nSecond & last\n\nOne\ntwo"
COPY = """async kinds => {
    const blobs = Object.fromEntries(Object.entries(kinds).map(([kind, text]) => [kind, new Blob([text], { type: kind })]));
    await navigator.clipboard.write([new ClipboardItem(blobs)]);
}"""


@pytest.mark.parametrize(
    "kinds", [{"text/html": RICH, "text/plain": PLAIN}, {"text/html": RICH}], ids=["both", "html alone"]
)
def test_rich_text_becomes_plain_text_with_line_breaks(desk, editor, four, open_page, kinds):
    page = opened(open_page, four)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    keys = Keyboard(page)
    keys.to("#id_text")
    keys.press("Control+A")
    page.evaluate(COPY, kinds)
    saved(page, lambda: keys.press("Control+V"))
    kept = page.input_value("#id_text")
    lines = [line for line in kept.replace("\u00a0", " ").splitlines() if line.strip()]
    assert lines == ["The tram opens", "It has nine stops, says the’s mayor.", "First", "Second & last", "One", "two"]
    assert newest(four).text.split() == kept.split()
    assert page.errors == []
