"""The composer, in a real browser: what each account will show, what differs on one of them, threads, two editors."""

import itertools

import pytest
from wagtail.users.models import UserProfile

from smeditor.accounts.texts import at_hand
from smeditor.models import Post
from smeditor.publishing import payload
from smeditor.publishing.resolved import resolve
from smeditor.text.normal import normalise_text
from tests.browser.composer import ALL_IS_SAVED, PARTS, card, is_autosave, newest, opened, saved, used
from tests.browser.conftest import log_in
from tests.desk import world
from tests.desk.test_composing import NASTY_TEXTS
from tests.newsroom import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_post_is_changed_for_one_account_of_four_and_made_common_again(desk, editor, four, open_page):
    accounts = list(four.accounts.all())
    page = opened(open_page, four)
    page.shot("composer")
    facebook = card(page, accounts[1])
    facebook.locator("[data-change]").click()
    own = facebook.locator("textarea[name$='-text']")
    assert own.input_value() == "The tram opens in May."
    saved(page, lambda: own.fill("Only here: the tram opens in May."))
    facebook.locator("[data-text]", has_text="Only here").wait_for()
    assert facebook.locator("[data-own]").inner_text() == "Of its own: text"
    page.shot("composer-own")
    texts = {account.pk: resolve(newest(four), account).text.value for account in accounts}
    assert texts[accounts[1].pk] == "Only here: the tram opens in May."
    assert [texts[account.pk] for account in (accounts[0], *accounts[2:])] == ["The tram opens in May."] * 3
    saved(page, facebook.locator("[data-common]").click)
    facebook.locator("[data-text]", has_text="Only here").wait_for(state="detached")
    assert {resolve(newest(four), account).text.value for account in accounts} == {"The tram opens in May."}
    assert page.errors == []


def test_a_thread_of_five_is_written_split_moved_and_numbered_from_the_keyboard_alone(desk, editor, four, open_page):
    page = opened(open_page, four)
    text = page.locator("#id_text")
    text.focus()
    page.keyboard.press("Control+A")
    for number, part in enumerate(PARTS):
        if number:
            page.keyboard.press("Control+Enter")
        page.keyboard.type(part)
    assert text.input_value().split("\n---\n") == PARTS
    page.keyboard.press("Alt+Shift+ArrowUp")
    assert text.input_value().split("\n---\n") == [*PARTS[:3], PARTS[4], PARTS[3]]
    page.keyboard.press("Alt+Shift+ArrowDown")
    for _ in range(3):  # past "Add a part" and "Split at the cursor"
        page.keyboard.press("Tab")
    saved(page, lambda: page.keyboard.press("Enter"))
    numbered = [f"{part} ({number}/5)" for number, part in enumerate(PARTS, 1)]
    assert text.input_value().split("\n---\n") == numbered
    mastodon = card(page, desk.account)
    mastodon.locator("[data-text]").nth(4).wait_for()
    assert mastodon.locator("[data-text]").all_inner_texts() == numbered
    assert mastodon.locator(".sme-counter__item").count() == 5
    page.shot("composer-thread")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert text.input_value().split("\n---\n")[0] == "It has nine stops. (1/5)"
    assert page.errors == []


def test_what_could_not_be_saved_is_kept_in_the_browser_and_put_back(desk, editor, four, open_page):
    account = four.accounts.first()
    page = opened(open_page, four)
    page.route("**/posts/edit/**", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    page.fill("#id_text", "Typed while the server was away.")
    card(page, account).locator("[data-change]").click()
    card(page, account).locator("textarea[name$='-text']").fill("And only here.")
    page.wait_for_timeout(600)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/posts/edit/**")
    assert page.input_value("#id_text") == "The tram opens in May."
    notice = page.locator("[data-sme-kept-target=notice]")
    notice.wait_for()
    page.shot("composer-kept")
    saved(page, notice.locator("button", has_text="Put it back").click)
    assert page.input_value("#id_text") == "Typed while the server was away."
    assert card(page, account).locator("textarea[name$='-text']").input_value() == "And only here."
    page.reload()
    page.wait_for_selector(".sme-compose[data-turn]")
    assert not page.locator("[data-sme-kept-target=notice]").is_visible()
    assert page.input_value("#id_text") == "Typed while the server was away."


def test_when_the_session_is_over_the_composer_says_so_and_keeps_the_text(desk, editor, four, open_page):
    page = opened(open_page, four)
    page.context.clear_cookies()
    page.fill("#id_text", "Typed after the session was over.")
    page.locator("[data-sme-composer-target=problems] li", has_text="Log in again").wait_for()
    assert page.input_value("#id_text") == "Typed after the session was over."


def test_two_editors_see_each_other_and_neither_overwrites(desk, editor, four, open_page):
    world.make_user("omar", "chief", first_name="Omar", last_name="Diaz")
    first, second = opened(open_page, four), opened(open_page, four, user="omar")
    saved(first, lambda: first.fill("#id_text", "What Nora wrote."))
    with second.expect_response(is_autosave) as refused:
        second.fill("#id_text", "What Omar wrote.")
    assert refused.value.json()["error_code"] == "invalid_revision"
    assert newest(four).text == "What Nora wrote."
    second.locator(".w-editing-sessions [aria-label='Nora Bell saved a new version']").first.wait_for()
    assert second.input_value("#id_text") == "What Omar wrote."
    second.locator("[data-text]", has_text="What Omar wrote.").first.wait_for()
    second.shot("composer-two-editors")
    second.click("footer [data-w-dropdown-target='toggle']")
    second.click("button[name='action-publish']")
    second.locator("#w-save-confirmation-dialog").wait_for()
    with second.expect_navigation():
        second.click("#w-save-confirmation-dialog [data-w-dialog-target=confirm]")
    assert "Nothing was approved" in second.inner_text(".messages")
    assert second.input_value("#id_text") == "What Omar wrote."
    assert not Post.objects.get(pk=four.pk).live
    second.locator(
        ".footer__save-warning", has_text="unsaved edits"
    ).wait_for()  # kept here, and saved by nobody but Omar
    assert newest(four).text == "What Nora wrote."
    second.shot("composer-two-editors-refused")
    second.click("footer [data-w-dropdown-target='toggle']")
    with second.expect_navigation():
        second.click("button[name='action-publish']")
    assert Post.objects.get(pk=four.pk).live_revision.as_object().text == "What Omar wrote."


MESSAGES = """sections => sections.map(section => [
  section.dataset.account,
  [...section.querySelectorAll('article')].map(
    article => [...article.querySelectorAll('[data-text]')].map(text => text.textContent).join('')),
])"""


def frozen_texts(post, account):
    with at_hand(account) as network:
        frozen = payload.build(post, account, payload.SAMPLE_TOKEN, network.capabilities)
    return [part["text"] for part in frozen["parts"]]


def test_what_the_browser_shows_is_what_would_be_frozen_whatever_is_typed(desk, editor, four, open_page):
    page = opened(open_page, four)
    accounts = list(four.accounts.all())
    wrong = {}
    for text in NASTY_TEXTS:
        page.fill("#id_text", text)
        four.text = normalise_text(page.input_value("#id_text"))
        frozen = {str(account.pk): frozen_texts(four, account) for account in accounts}
        for _ in range(50):  # until the answer to this very text is drawn
            shown = dict(page.eval_on_selector_all(".sme-compose__account", MESSAGES))
            if shown == frozen:
                break
            page.wait_for_timeout(200)
        else:
            wrong[text[:30]] = (shown, frozen)
    assert wrong == {}


@pytest.mark.parametrize(("width", "theme", "language"), [(390, "light", "fr"), (1280, "dark", "en")])
def test_it_is_accessible_and_fits_while_one_writes(desk, editor, four, open_page, width, theme, language):
    accessibility = pytest.importorskip("tests.browser.axe")
    used(four, desk.account, "Early: #TramOpening")
    UserProfile.objects.create(user=editor, preferred_language=language, theme=theme)
    page = opened(open_page, four, width)
    account = four.accounts.first()
    card(page, account).locator("[data-change]").click()
    with page.expect_response("**/posts/compose/"):
        page.fill("#id_text", "\n---\n".join([*PARTS, "x" * 600]))
    page.locator(".sme-compose__side .sme-counter__item--over").first.wait_for()
    page.focus("#id_text")
    page.keyboard.press("Control+Home")
    page.keyboard.type("#t")
    page.locator("#id_text-suggestions [role=option]").first.wait_for()
    page.shot(f"composer-whole-{theme}")
    where = accessibility.part_of(page, f"/admin/smeditor/posts/edit/{four.pk}/")
    assert accessibility.complaints(page, theme, where) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def tab_to(page, selector):
    """Press Tab until what ``selector`` names has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_a_new_post_is_written_for_two_accounts_from_the_keyboard_alone(desk, editor, open_page):
    other = world.make_account("paper.example", "bluesky")
    page = open_page()
    log_in(page, "nora")
    page.goto("/admin/smeditor/posts/add/")
    page.wait_for_selector(".sme-compose[data-turn]")
    page.focus("#id_text")
    page.keyboard.type("Written without a mouse.")
    for account in (other, desk.account):
        tab_to(page, f"[name=accounts][value='{account.pk}']")
        page.keyboard.press("Space")
    card(page, other).wait_for()
    tab_to(page, f".sme-compose__account[data-account='{other.pk}'] [data-change]")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    saved(page, lambda: page.keyboard.type(" Here too."))
    post = newest(Post.objects.latest("pk"))
    texts = {account.pk: resolve(post, account).text.value for account in post.accounts.all()}
    assert texts == {desk.account.pk: "Written without a mouse.", other.pk: "Written without a mouse. Here too."}


def test_a_text_that_met_the_log_in_page_is_offered_after_it(desk, editor, four, open_page):
    page = opened(open_page, four)
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_text", "Typed after the session was over.")
    page.locator("[data-sme-composer-target=problems] li").wait_for()
    with page.expect_navigation():
        page.click("footer button.action-save >> nth=0")
    page.fill("[name=username]", "nora")
    page.fill("[name=password]", world.PASSWORD)
    page.press("[name=password]", "Enter")
    saved(page, page.locator("[data-sme-kept-target=notice] button", has_text="Put it back").click)
    assert newest(four).text == "Typed after the session was over."


def test_what_is_typed_while_it_is_being_saved_is_saved_too(desk, editor, four, open_page):
    page = opened(open_page, four)

    def slowly(route):
        if route.request.method == "POST" and "What was" not in page.input_value("#id_text"):
            page.fill("#id_text", "What was typed meanwhile.")
        route.fallback()

    page.route("**/posts/edit/**", slowly)
    saves = itertools.count(1)
    with page.expect_response(lambda answer: is_autosave(answer) and next(saves) == 2):
        page.fill("#id_text", "The first words.")
    page.wait_for_function(ALL_IS_SAVED)
    assert newest(four).text == "What was typed meanwhile."


def choose_image(page, row, image):
    """Choose an image in Wagtail's own chooser."""
    row.locator("[id$='-image-chooser'] button:visible").first.click()
    page.click(f".modal-body a:has-text('{image.title}')")
    row.locator(f"[id$='-image-chooser'] :text('{image.title}')").wait_for()


def test_a_thread_of_five_shows_its_two_images_where_they_belong(desk, picture_editor, four, open_page):
    first, second = factories.make_image(title="The first tram"), factories.make_image(title="The last stop")
    page = opened(open_page, four)
    page.fill("#id_text", "\n---\n".join(PARTS))
    page.uncheck("#id_with_card")
    for number, (image, part) in enumerate(((first, 0), (second, 3))):
        page.click("#id_media-ADD")
        row = page.locator(f"#inline_child_media-{number}")
        choose_image(page, row, image)
        row.locator("[name$='-alt']").fill(f"Image {number + 1}")
        saved(page, lambda row=row, part=part: row.locator("[name$='-part']").select_option(str(part)))
    messages = card(page, desk.account).locator("article")
    messages.nth(3).locator("img").wait_for()
    assert [messages.nth(place).locator("img").count() for place in range(5)] == [1, 0, 0, 1, 0]
    page.shot("composer-thread-images")
    with at_hand(desk.account) as network:
        frozen = payload.build(newest(four), desk.account, payload.SAMPLE_TOKEN, network.capabilities)
    assert [len(part["media"]) for part in frozen["parts"]] == [1, 0, 0, 1, 0]
    assert page.errors == []


def test_an_image_is_one_accounts_alone(desk, picture_editor, four, open_page):
    image, accounts = factories.make_image(title="The first tram"), list(four.accounts.all())
    page = opened(open_page, four)
    page.uncheck("#id_with_card")
    mastodon = card(page, desk.account)
    mastodon.locator("[data-change]").click()
    mastodon.locator("[data-own-media]").click()
    row = mastodon.locator("[data-slot=media] [data-inline-panel-child]")
    choose_image(page, row, image)
    saved(page, lambda: row.locator("[name$='-alt']").fill("Only here."))
    mastodon.locator("article img").wait_for()
    page.shot("composer-own-image")
    assert mastodon.locator("[data-own]").inner_text() == "Of its own: images and videos"
    shown = {account.pk: bool(card(page, account).locator("article img").count()) for account in accounts}
    assert shown == {account.pk: account == desk.account for account in accounts}
    assert [row.account for row in newest(four).media.all()] == [desk.account]
    saved(page, mastodon.locator("[data-common]").click)
    assert not newest(four).media.exists()
    assert page.errors == []


def test_who_approves_while_the_text_is_being_saved_approves_that_text(desk, editor, four, open_page):
    page = opened(open_page, four)
    page.click("footer [data-w-dropdown-target='toggle']")
    with page.expect_request(lambda request: request.method == "POST" and "/posts/edit/" in request.url):
        page.fill("#id_text", "Approved as soon as it was written.")
    with page.expect_navigation():
        page.click("button[name='action-publish']")
    assert "Approved." in page.inner_text(".messages")
    assert Post.objects.get(pk=four.pk).text == "Approved as soon as it was written."
