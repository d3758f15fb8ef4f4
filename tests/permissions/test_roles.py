"""K5: the desk's groups are its own, known again by their mark, and never able to edit pages."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page

from smeditor.models import Role, RoleGroup
from smeditor.permissions.roles import NAMES, create_roles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_group_made_for_something_else_gains_nothing_from_the_desk(settings, language):
    """Kind: a group taken for ours because of its name (Wagtail's own "Moderators" and "Editors" edit pages)."""
    settings.LANGUAGE_CODE = language
    names = [
        "Moderators",
        "Editors",
        "Modérateurs",
        "Journalistes",
        "Desk chiefs",
        "Desk – chiefs",
        "Desk – journalists",
    ]
    strangers = [Group.objects.get_or_create(name=name)[0] for name in names]
    ours = create_roles()
    assert {group.pk for group in strangers} & {group.pk for group in ours.values()} == set()
    assert not Permission.objects.filter(group__in=strangers, content_type__app_label="smeditor").exists()


def test_no_group_of_the_desk_may_edit_pages():
    groups = create_roles().values()
    assert not GroupPagePermission.objects.filter(group__in=groups).exists()


def test_every_role_has_one_group_whose_name_says_whose_it_is():
    groups = create_roles()
    assert set(groups) == set(Role)
    assert all(group.name.startswith("Desk – ") for group in groups.values())
    assert len({str(name) for name in NAMES.values()}) == len(Role)


def test_a_group_is_found_again_whatever_it_is_called_by_then():
    before = create_roles()
    Group.objects.filter(pk=before[Role.CHIEF].pk).update(name="Chefferie")
    assert create_roles() == before
    assert RoleGroup.objects.count() == len(Role)


def test_a_group_that_was_deleted_is_made_anew():
    create_roles()[Role.MODERATOR].delete()
    assert create_roles()[Role.MODERATOR].permissions.filter(codename="moderate_reaction").exists()


def test_set_up_says_so_when_somebody_gave_page_rights_to_a_group_of_the_desk():
    group = create_roles()[Role.MODERATOR]
    GroupPagePermission.objects.create(
        group=group, page=Page.get_first_root_node(), permission=Permission.objects.get(codename="change_page")
    )
    stderr = StringIO()
    call_command("smeditor_setup", stdout=StringIO(), stderr=stderr)
    assert group.name in stderr.getvalue()
    assert "edit pages" in stderr.getvalue()


def test_who_writes_posts_may_choose_images_and_videos():
    """Kind: a chooser that opens empty, because choosing is a right of its own on a collection."""
    groups = create_roles()
    create_roles()
    chosen = GroupCollectionPermission.objects.filter(group=groups[Role.CONTRIBUTOR])
    assert sorted(chosen.values_list("permission__codename", flat=True)) == ["choose_document", "choose_image"]
    assert not GroupCollectionPermission.objects.filter(group=groups[Role.MODERATOR]).exists()
