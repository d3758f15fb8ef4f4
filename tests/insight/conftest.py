import pytest

from smeditor.insight.concerns import calibration, comparing, grouper_memory
from smeditor.insight.meaning import loading, stored
from tests.newsroom.paper import ARTICLE


@pytest.fixture(autouse=True)
def fresh_memory():
    grouper_memory.forget()
    loading.forget()
    stored.forget()
    yield
    grouper_memory.forget()
    loading.forget()
    stored.forget()


@pytest.fixture
@ARTICLE.lies_under
def article(db):
    return ARTICLE.copy()


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("edith", "edith@paper.example", "secret")


@pytest.fixture(autouse=True)
def fresh_comparisons():
    comparing.forget()
    calibration.forget()
