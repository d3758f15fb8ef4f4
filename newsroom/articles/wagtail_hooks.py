"""What the newspaper adds to its admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from newsroom.articles.models import AuthorProfile


class AuthorProfileViewSet(ModelViewSet):
    """Authors among the settings: how each signs."""

    model = AuthorProfile
    icon = "user"
    menu_label = _("Authors")
    add_to_settings_menu = True
    copy_view_enabled = False
    search_fields = ["byline", "user__first_name", "user__last_name", "user__username"]
    search_backend_name = None
    list_display = ["name", Column("role"), Column("fediverse")]
    panels = [FieldPanel("user"), FieldPanel("byline"), FieldPanel("role"), FieldPanel("fediverse")]


@hooks.register("register_admin_viewset")
def register_authors() -> AuthorProfileViewSet:
    """The authors' pages in the admin."""
    return AuthorProfileViewSet("authors")
