"""What conversations are tested with: an article that people write about, and an editor who answers them."""

import pytest

from tests.newsroom import factories


@pytest.fixture
def article(db):
    site = factories.make_site()
    return factories.make_article(factories.make_section(site.root_page.specific))


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("edith", "edith@paper.example", "secret")
