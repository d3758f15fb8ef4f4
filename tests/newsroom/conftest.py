import pytest

from tests.layers import Layer
from tests.newsroom import factories

SITE = Layer(lambda: factories.make_site(hostname="testserver", port=80), LANGUAGE_CODE="en")
SECTION = Layer(lambda site: factories.make_section(site.root_page.specific), above=SITE, LANGUAGE_CODE="en")


@pytest.fixture
@SITE.lies_under
def site(db, settings):
    settings.LANGUAGE_CODE = "en"
    return SITE.copy()


@pytest.fixture
def home(site):
    return site.root_page.specific


@pytest.fixture
@SECTION.lies_under
def section(site):
    return SECTION.copy()


@pytest.fixture
def ana(db):
    return factories.make_user()
