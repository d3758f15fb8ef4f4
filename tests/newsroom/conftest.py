import pytest

from tests.newsroom import factories


@pytest.fixture
def site(db, settings):
    settings.LANGUAGE_CODE = "en"
    return factories.make_site(hostname="testserver", port=80)


@pytest.fixture
def home(site):
    return site.root_page.specific


@pytest.fixture
def section(home):
    return factories.make_section(home)


@pytest.fixture
def ana(db):
    return factories.make_user()
