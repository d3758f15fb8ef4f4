import pytest

from tests.desk import world
from tests.layers import Layer

DESK = Layer(world.Desk, LANGUAGE_CODE="en")


@pytest.fixture
@DESK.lies_under
def desk(db, settings):
    settings.LANGUAGE_CODE = "en"
    return DESK.copy()


@pytest.fixture
def as_role(client, desk):
    """Log somebody in who has the named roles, and return them."""

    def log_in(*roles, superuser=False):
        user = world.make_user(f"user-{next(world.numbers)}", *roles, is_superuser=superuser)
        client.force_login(user)
        return user

    return log_in
