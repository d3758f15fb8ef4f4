import pytest

from smeditor.insight import concern_memory
from tests.newsroom import factories


@pytest.fixture(autouse=True)
def fresh_memory():
    concern_memory.forget()
    yield
    concern_memory.forget()


@pytest.fixture
def article(db):
    site = factories.make_site()
    return factories.make_article(factories.make_section(site.root_page.specific))


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("edith", "edith@paper.example", "secret")
