"""The tables of a migrated database, made from the models in a second: migrating makes and remakes them for half a minute.

What comes out is what ``migrate`` would have left: the same tables, indexes and triggers, the rows that Wagtail's own
migrations write, and every migration recorded as applied, so that later ones are applied as anywhere.
``tests/newsroom/test_demo_tables.py`` holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import CreateModel, Migration, RunSQL, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

ON_PAGES = {
    "Moderators": ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
    "Editors": ["add_page", "change_page"],
}
ON_FILES = {"image": "wagtailimages", "document": "wagtaildocs"}


def create_all(connection: BaseDatabaseWrapper) -> None:
    """Make every table in the empty database of ``connection``, with the rows that a migrated one holds."""
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    by_hand = list(_made_by_hand(executor.loader.disk_migrations.values()))
    named = {
        (app, part.name_lower)
        for app, operation in by_hand
        for part in operation.state_operations
        if isinstance(part, CreateModel)
    }
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection) and (model._meta.app_label, model._meta.model_name) not in named:
                editor.create_model(model)
        for app, operation in by_hand:
            for statement in operation.database_operations:
                statement.database_forwards(app, editor, ProjectState(), ProjectState())
    _record(executor)
    with translation.override(None):  # the names of permissions are stored as the code has them, as by ``migrate``
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        with transaction.atomic(using=connection.alias):
            add_rows()


def _made_by_hand(migrations: Iterable[Migration]) -> Iterator[tuple[str, SeparateDatabaseAndState]]:
    """Yield, with its app, each operation that makes a table in SQL of its own, as that of a full-text search."""
    for migration in migrations:
        for operation in migration.operations:
            if (
                isinstance(operation, SeparateDatabaseAndState)
                and any(isinstance(part, CreateModel) for part in operation.state_operations)
                and all(isinstance(part, RunSQL) for part in operation.database_operations)
            ):
                yield migration.app_label, operation


def _record(executor: MigrationExecutor) -> None:
    """Write down every migration as applied, those that a squashed one stands for too."""
    recorder = executor.recorder
    recorder.migration_qs.bulk_create(
        recorder.Migration(app=app, name=name) for app, name in executor.loader.disk_migrations
    )


def add_rows() -> None:
    """What Wagtail's migrations write into a new database; nothing is told of it to anybody, as there."""
    locale = Locale.objects.create(language_code=get_supported_language_variant(settings.LANGUAGE_CODE))
    page_type = ContentType.objects.get_for_model(Page)
    root, home = Page.objects.bulk_create(
        Page(title=title, draft_title=title, slug=slug, path=path, url_path=url, depth=len(path) // 4, numchild=children,
             content_type=page_type, locale=locale)
        for title, slug, path, url, children in (
            ("Root", "root", "0001", "/", 1),
            ("Welcome to your new Wagtail site!", "home", "00010001", "/home/", 0),
        )
    )  # fmt: skip
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    collection = Collection.add_root(name="Root")
    groups = {name: Group.objects.create(name=name) for name in ON_PAGES}
    for name, group in groups.items():
        pages = Permission.objects.filter(content_type=page_type, codename__in=ON_PAGES[name])
        GroupPagePermission.objects.bulk_create(
            GroupPagePermission(group=group, page=root, permission=permission) for permission in pages
        )
        _give_files(group, collection)
    _add_workflow(groups["Moderators"], root)


def _give_files(group: Group, collection: Collection) -> None:
    """Let ``group`` enter the admin and look after images and documents."""
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    group.permissions.add(admin)
    for model, app in ON_FILES.items():
        rights = {
            right.codename.split("_")[0]: right
            for right in Permission.objects.filter(content_type__app_label=app, content_type__model=model)
        }
        group.permissions.add(*(rights[name] for name in ("add", "change", "delete", "choose")))
        GroupCollectionPermission.objects.bulk_create(
            GroupCollectionPermission(group=group, collection=collection, permission=rights[name])
            for name in ("add", "change", "choose")
        )


def _add_workflow(moderators: Group, root: Page) -> None:
    """The approval that every page of a new Wagtail goes through."""
    name = f"{moderators.name} approval"
    task = GroupApprovalTask.objects.create(name=name)
    task.groups.add(moderators)
    workflow = Workflow.objects.create(name=name)
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=root)
