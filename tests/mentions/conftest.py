from tests.listening.conftest import article, english, paper  # noqa: F401
