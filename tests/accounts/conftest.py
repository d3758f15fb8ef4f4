"""The accounts of a newsroom, on the laboratory's networks."""

from tests.publishing.conftest import article, editor, harness, make_account, make_post, now, section, site  # noqa: F401
