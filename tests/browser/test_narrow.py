"""On a telephone nothing scrolls sideways inside the page: 390 pixels, a full desk, long words."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDER = """() => [...document.querySelectorAll('main *')].filter((one) => {
    const style = getComputedStyle(one);
    const scrolls = ['auto', 'scroll'].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
    const wagtails = one.classList.contains('w-breadcrumbs'); // the trail of the header is Wagtail's own
    return scrolls && !wagtails && one.offsetParent !== null && one.tagName !== 'TEXTAREA' && one.tagName !== 'PRE';
}).map((one) => `${one.tagName}.${one.className || one.id}: ${one.scrollWidth} in ${one.clientWidth}`)"""
CUT = """() => [...document.querySelectorAll('main section *, main table *')].filter((one) => {
    const written = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const shown = one.checkVisibility() && !one.closest('.w-sr-only, thead');
    return written && shown && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
"""What is written beyond the right edge, where nobody can read it."""
SCREENS = [
    ("calendar", "smeditor:calendar"),
    ("posts", "smeditor_posts:list"),
    ("composer", "smeditor_posts:add"),
    ("inbox", "smeditor:inbox"),
    ("articles", "smeditor:articles"),
    ("deliveries", "smeditor:deliveries"),
    ("holds", "smeditor_holds:index"),
    ("stop", "smeditor_holds:add"),
    ("clashes", "smeditor:clashes"),
    ("topic clashes", "smeditor_topic_clashes:index"),
    ("concerns", "smeditor:concerns"),
    ("rules", "smeditor_rules:index"),
    ("sources", "smeditor_sources:index"),
    ("accounts", "smeditor_accounts:index"),
    ("corrections", "smeditor:corrections"),
    ("alerts", "smeditor:alerts"),
    ("tips", "smeditor:tips"),
    ("trained models", "smeditor:trained_models"),
    ("reruns", "smeditor:reruns"),
    ("home", "wagtailadmin_home"),
]


def test_nothing_scrolls_sideways_inside_a_page_on_a_telephone(live_server, full, open_page):
    """U7: the calendar, the table of posts and the composer did; in French, whose long states were cut at the edge."""
    UserProfile.objects.filter(user=full.user).update(preferred_language="fr")
    page = open_page(390, "fr")
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    wide = {}
    for name, url_name in SCREENS:
        page.goto(reverse(url_name))
        page.shot(f"narrow-{name}")
        body = page.evaluate("document.documentElement.scrollWidth")
        found = page.evaluate(WIDER) + page.evaluate(CUT) + ([f"the page itself: {body}"] if body > 390 else [])
        if found:
            wide[name] = found[:4]
    assert wide == {}


def test_on_a_telephone_a_number_says_what_it_counts(live_server, full, open_page):
    """A row is a card there, without the table's head: four bare numbers stood below a concern."""
    page = open_page(390)
    page.set_default_timeout(90_000)
    log_in(page, "zulmira")
    page.goto(reverse("smeditor:concerns"))
    first = "getComputedStyle(document.querySelector('.sme-listing tbody td:nth-of-type(2)'), '::before').content"
    assert page.evaluate(first).replace('" "', "").strip('"').strip() == "People"
