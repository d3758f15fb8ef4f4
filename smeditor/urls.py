"""Addresses beside the admin, for the host that wants them: ``path("smeditor/", include("smeditor.urls"))``."""

from django.urls import path

from smeditor.desk.metrics import metrics

urlpatterns = [path("metrics", metrics, name="smeditor_metrics")]
