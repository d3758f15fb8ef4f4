"""``make check`` begins with what is nearest to a changed file."""

import pytest

from tests import changed


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("smeditor/publishing/slots.py", "tests/publishing/test_slots.py"),
        ("smeditor/permissions/roles.py", "tests/permissions/test_roles.py"),
        ("tests/text/test_links.py", "tests/text/test_links.py"),
        ("docs/install.md", "tests/test_architecture.py"),
    ],
)
def test_its_own_test_is_the_first(path, first):
    assert changed.chosen([path])[0] == first


def test_a_module_is_used_by_whom_its_package_hands_it_on_to():
    """``from smeditor.models import Post`` is a use of ``smeditor/models/posts.py``."""
    own, users, _package = changed.tests_of("smeditor/models/posts.py")
    assert own == []
    assert "tests/publishing/test_races.py" in users


def test_a_module_that_is_only_named_is_used():
    """A setting and ``monkeypatch`` name what they mean."""
    assert "tests/insight/triage/test_automaton.py" in changed.tests_of("smeditor/insight/triage/automaton.py")[1]


def test_a_view_that_no_test_imports_is_tested_with_its_package():
    assert "tests/desk/test_actions.py" in changed.tests_of("smeditor/desk/inbox/page.py")[2]


def test_a_template_is_the_desks():
    assert "tests/desk/test_screens.py" in changed.tests_of("smeditor/templates/smeditor/admin/inbox.html")[2]


def test_several_files_share_the_laws_which_come_before_whole_packages():
    found = changed.chosen(["smeditor/publishing/slots.py", "smeditor/insight/triage/automaton.py"])
    assert len(found) == len(set(found))
    assert found.index("tests/test_architecture.py") < found.index("tests/publishing/test_queue.py")


def test_what_did_not_fit_is_counted_and_not_run(request):
    time_is_up = changed.UntilTheTimeIsUp(seconds=-1)
    assert time_is_up.pytest_runtest_protocol(request.node) is True
    assert time_is_up.left == 1
