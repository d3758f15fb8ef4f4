"""The desk and who works at it, as the admin's own tests have them."""

from tests.desk.conftest import as_role, desk  # noqa: F401
