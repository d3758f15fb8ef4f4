"""What the browser draws of a post is what would be frozen: each message, its number, the mark of what is too long.

Of every network that sends, over generated texts (``SMEDITOR_TEXTS`` of them; 10,000 in a long run) and the public vectors.
The texts go through the page's own field, form, request and drawing; many of them as the parts of one thread, since what
costs is the request.
"""

import os
import random

import pytest

from smeditor.accounts.texts import at_hand
from smeditor.models import Post
from smeditor.networks.limits import measure
from smeditor.publishing import payload
from smeditor.text.normal import normalise_text
from tests.browser.composer import opened
from tests.desk import world
from tests.desk.test_counted_as_sent import LINK, PIECES, SENDING
from tests.text.vectors import all_of, emoji_cases

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
TEXTS = int(os.environ.get("SMEDITOR_TEXTS", "100"))
THREAD = 12_000
"""Characters of one thread: fewer than a post may have, so that the form takes it."""
DRAWN = """async threads => {
    const part = document.querySelector('[data-controller~="sme-composer"]');
    const composer = window.wagtail.app.getControllerForElementAndIdentifier(part, 'sme-composer');
    const drawn = [];
    for (const thread of threads) {
        composer.text.value = thread;
        await composer.refresh();
        drawn.push({
            typed: composer.text.value,
            cards: [...document.querySelectorAll('.sme-compose__account')].map((section) => [
                Number(section.dataset.account),
                [...section.querySelectorAll('article')].map((message) =>
                    [...message.querySelectorAll('[data-text]')].map((text) => text.textContent).join('')),
                [...section.querySelectorAll('[data-shown] .sme-counter__item')].map((item) => [
                    Number(item.querySelector('span:last-child').textContent.match(/\\d+/)[0]),
                    !item.classList.contains('sme-counter__item--over'),
                ]),
            ]),
        });
    }
    return drawn;
}"""


@pytest.fixture
def everywhere(desk):
    """A post with a link on an account of each network that sends."""
    secret = {"access_token": "t", "token": "1:t"}
    accounts = [world.make_account("everywhere", network.slug, limits={}, secret=secret) for network in SENDING]
    return world.make_post("Nothing yet.", accounts, link=LINK, with_card=False)


def generated(number: int) -> list[str]:
    """The same texts in every run: some of what makes trouble, and some of all Unicode."""
    dice = random.Random(number)
    usual = [piece for piece in PIECES if piece not in ("\x00", "\ud800")]  # nobody can type these two

    def piece() -> str:
        if dice.random() < 0.5:
            return dice.choice(usual)
        signs = (dice.choice([0x7F, 0x7FF, 0xFFFF, 0x10FFFF]) for _sign in range(dice.randrange(40)))
        points = (dice.randrange(1, top) for top in signs)
        return "".join(chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)

    return [" ".join(piece() for _piece in range(dice.randrange(1, 7))) for _text in range(number)]


def threads_of(texts: list[str]) -> list[str]:
    threads = [""]
    for text in texts:
        longer = f"{threads[-1]}\n---\n{text}" if threads[-1] else text
        if len(longer) <= THREAD:
            threads[-1] = longer
        else:
            threads.append(text)
    return threads


def frozen(post: Post, text: str) -> dict[int, tuple[list[str], list[list]]]:
    """By account: the text of each message, and its length with whether it fits."""
    post.text, found = normalise_text(text), {}
    for account in post.accounts.all():
        with at_hand(account) as network:
            parts = payload.build(post, account, payload.SAMPLE_TOKEN, network.capabilities)["parts"]
            known = [measure(network, part["text"], "", comment=bool(part.get("comment"))) for part in parts]
        found[account.pk] = ([part["text"] for part in parts], [[length.count, length.fits] for length in known])
    return found


def assert_drawn_as_frozen(page, post: Post, texts: list[str]) -> None:
    threads, wrong = threads_of(texts), []
    for start in range(0, len(threads), 20):
        for drawn in page.evaluate(DRAWN, threads[start : start + 20]):
            expected = frozen(post, drawn["typed"])
            shown = {account: (messages, counted) for account, messages, counted in drawn["cards"]}
            assert shown.keys() == expected.keys()
            wrong += [
                (account, *shown[account], *expected[account])
                for account in shown
                if shown[account] != expected[account]
            ]
    assert wrong[:5] == []
    assert page.errors == []


def test_of_generated_texts(desk, editor, everywhere, open_page):
    assert_drawn_as_frozen(opened(open_page, everywhere), everywhere, generated(TEXTS))


def test_of_the_public_vectors(desk, editor, everywhere, open_page):
    texts = [text for text, _expected in all_of("validate", "WeightedTweetsCounterTest")]
    texts += [" ".join(case.values[0]) for case in emoji_cases()]
    assert_drawn_as_frozen(opened(open_page, everywhere), everywhere, [text.replace("\x00", "") for text in texts])
