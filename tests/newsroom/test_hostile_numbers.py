"""Numbers that no database holds, in the newspaper's public addresses (K13): 404 or the page, never a 500."""

import pytest

from tests.newsroom.factories import make_article

pytestmark = pytest.mark.django_db
HOSTILE = ["0", "9" * 19, "9" * 20, "9" * 40, "²", "１２", "-1", "1e3", "%00"]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_short_address_with_an_impossible_number_leads_nowhere(client, section, key):
    make_article(section)
    assert client.get(f"/a/{key}/").status_code == 404


@pytest.mark.parametrize("key", HOSTILE)
def test_the_form_opens_without_an_article_that_cannot_be(client, section, key):
    assert client.get("/tell-us/", {"article": key}).status_code == 200


@pytest.mark.parametrize("key", HOSTILE)
def test_an_address_with_an_impossible_number_is_no_article(client, section, key):
    assert client.get("/oembed", {"url": f"http://testserver/a/{key}/"}).status_code == 404


def test_a_short_address_still_leads_to_its_article(client, section):
    article = make_article(section)
    assert client.get(f"/a/{article.pk}/").status_code == 302
