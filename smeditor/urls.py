"""Addresses beside the admin, for the host that wants them: ``path("smeditor/", include("smeditor.urls"))``."""

from django.urls import path

from smeditor.desk.lazy import lazy_view

urlpatterns = [
    path("metrics", lazy_view("smeditor.desk.metrics.metrics"), name="smeditor_metrics"),
    path(
        "media/<str:token>/<str:name>",
        lazy_view("smeditor.desk.public_media.public_media"),
        name="smeditor_public_media",
    ),
    path(
        "hooks/<slug:network>/", lazy_view("smeditor.desk.webhooks.webhook", by_machines=True), name="smeditor_webhook"
    ),
    path(
        "hooks/<slug:network>/<str:key>/",
        lazy_view("smeditor.desk.webhooks.webhook", by_machines=True),
        name="smeditor_webhook_of",
    ),
    path(
        "webmention/",
        lazy_view("smeditor.listening.webmentions.endpoint.webmention", by_machines=True),
        name="smeditor_webmention",
    ),
    path(
        "pingback/",
        lazy_view("smeditor.listening.webmentions.endpoint.pingback", by_machines=True),
        name="smeditor_pingback",
    ),
    path("what-we-keep/", lazy_view("smeditor.desk.retention_notice.retention_notice"), name="smeditor_retention"),
]
