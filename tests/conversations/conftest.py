"""What conversations are tested with: an article that people write about, and an editor who answers them."""

import pytest

from tests.newsroom.paper import ARTICLE


@pytest.fixture
@ARTICLE.lies_under
def article(db):
    return ARTICLE.copy()


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("edith", "edith@paper.example", "secret")
