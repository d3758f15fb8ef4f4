"""K15: every act of the table, tried by every role at the own and at another desk, does what the table says."""

import pytest

from tests.permissions.document import PATH, document
from tests.permissions.matrix import MATRIX, ROLES
from tests.permissions.newsroom import Things, TwoDesks

HOW_TO = "run: python -m tests.permissions"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_can_do_is_what_the_table_says(client, settings, role):
    """Kind: rights that stop at the role, so that one desk decides for another's accounts."""
    settings.LANGUAGE_CODE = "en"
    desks = TwoDesks(role)
    client.force_login(desks.user)
    wrong = []
    for operation in MATRIX:
        for where, allowed in (("own", operation.own), ("other", operation.other)):
            done = operation.attempt(client, Things(desks, where))
            if done != (role in allowed):
                wrong.append((operation.name, where, "done" if done else "not done"))
    assert wrong == []


def test_the_document_is_the_one_that_the_table_makes():
    assert PATH.read_text(encoding="utf-8") == document(), HOW_TO


def test_the_other_desk_never_allows_more_than_the_own():
    assert [operation.name for operation in MATRIX if not operation.other <= operation.own] == []
