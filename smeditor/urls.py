"""Addresses beside the admin, for the host that wants them: ``path("smeditor/", include("smeditor.urls"))``."""

from django.urls import path

from smeditor.desk.lazy import lazy_view

urlpatterns = [
    path("metrics", lazy_view("smeditor.desk.metrics.metrics"), name="smeditor_metrics"),
    path("what-we-keep/", lazy_view("smeditor.desk.retention_notice.retention_notice"), name="smeditor_retention"),
]
