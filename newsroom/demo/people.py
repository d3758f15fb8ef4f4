"""The demo's people: users with roles, their bylines, and what their groups may do with pages and pictures."""

from functools import cached_property

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.users.models import UserProfile

from newsroom.articles.models import AuthorProfile
from smeditor.models import Role
from smeditor.permissions.roles import create_roles

WRITES = ["add_page", "change_page"]
EDITS = [*WRITES, "publish_page", "lock_page", "unlock_page"]
ON_PAGES = {"Editors": EDITS, "Writers": WRITES}
"""Groups for pages alone: the desk's own groups have no rights to pages."""
ON_IMAGES = {
    "Editors": ["add_image", "change_image", "choose_image"],
    "Writers": ["add_image", "choose_image"],
    Role.SOCIAL_EDITOR: ["add_image", "choose_image"],
    Role.DESK_EDITOR: ["add_image", "choose_image"],
}


def make_groups(home: Page) -> dict[str, Group]:
    """The desk's groups by role, and those for pages by name, with exactly the page rights that the demo needs."""
    groups: dict[str, Group] = {str(role): group for role, group in create_roles().items()}
    for name, codenames in ON_PAGES.items():
        group = groups[name] = Group.objects.get_or_create(name=name)[0]
        group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
        GroupPagePermission.objects.filter(group=group).exclude(page=home, permission__codename__in=codenames).delete()
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=codenames):
            GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
    _give_images(groups)
    return groups


def make_people(people: list[dict], groups: dict[str, Group], password: str) -> dict:
    """Create the users that are missing; return all of them by user name, each able to log in with ``password``.

    Hashing is slow on purpose. All of them have the one password, so it is hashed once, and tried once for each hash.
    """
    fitting = _Fitting(password)
    return {person["username"]: _make(person, groups, fitting) for person in people}


class _Fitting:
    """The hash of the one password, and which of the hashes that are already stored fit it."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.known: dict[str, bool] = {}

    @cached_property
    def hash(self) -> str:
        return make_password(self.password)

    def fits(self, stored: str) -> bool:
        if stored not in self.known:
            self.known[stored] = check_password(self.password, stored)
        return self.known[stored]


def _make(person: dict, groups: dict[str, Group], fitting: _Fitting):
    user, created = get_user_model().objects.get_or_create(
        username=person["username"],
        defaults={
            "first_name": person["first_name"],
            "last_name": person["last_name"],
            "email": f"{person['username']}@newsroom.example",
            "is_superuser": person.get("superuser", False),
            "is_staff": person.get("superuser", False),
        },
    )
    if created or not fitting.fits(user.password):
        user.password = fitting.hash
        user.save(update_fields=["password"])
    if created:
        user.groups.set(groups[name] for name in person["groups"])
        AuthorProfile.objects.create(user=user, role=person["role"])
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": person["language"]})
    return user


def _give_images(groups: dict[str, Group]) -> None:
    root = Collection.get_first_root_node()
    codenames = {codename for wanted in ON_IMAGES.values() for codename in wanted}
    content_type = {"content_type__app_label": "wagtailimages", "content_type__model": "image"}
    permissions = {p.codename: p for p in Permission.objects.filter(**content_type, codename__in=codenames)}
    for name, wanted in ON_IMAGES.items():
        for codename in wanted:
            GroupCollectionPermission.objects.get_or_create(
                group=groups[name], collection=root, permission=permissions[codename]
            )
