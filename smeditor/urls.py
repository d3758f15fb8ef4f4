"""Addresses beside the admin, for the host that wants them: ``path("smeditor/", include("smeditor.urls"))``."""

from django.urls import path

from smeditor.desk.metrics import metrics
from smeditor.desk.retention_notice import retention_notice

urlpatterns = [
    path("metrics", metrics, name="smeditor_metrics"),
    path("what-we-keep/", retention_notice, name="smeditor_retention"),
]
