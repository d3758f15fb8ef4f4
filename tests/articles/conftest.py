from tests.newsroom.conftest import ana, home, section, site  # noqa: F401
