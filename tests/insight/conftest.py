import pytest

from smeditor.insight.concerns import grouper_memory
from tests.newsroom import factories


@pytest.fixture(autouse=True)
def fresh_memory():
    grouper_memory.forget()
    yield
    grouper_memory.forget()


@pytest.fixture
def article(db):
    site = factories.make_site()
    return factories.make_article(factories.make_section(site.root_page.specific))


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("edith", "edith@paper.example", "secret")
