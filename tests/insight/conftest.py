import pytest

from smeditor.insight.concerns import grouper_memory
from tests.newsroom.paper import ARTICLE


@pytest.fixture(autouse=True)
def fresh_memory():
    grouper_memory.forget()
    yield
    grouper_memory.forget()


@pytest.fixture
@ARTICLE.lies_under
def article(db):
    return ARTICLE.copy()


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("edith", "edith@paper.example", "secret")
