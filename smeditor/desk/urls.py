"""All addresses of the desk's own views, under the admin's ``smeditor/``."""

from smeditor.desk import (
    accounts,
    alerts,
    articles,
    concern_answer,
    concerns,
    corrections,
    deliveries,
    holds,
    letters,
    nouns,
    tips,
    week,
)
from smeditor.desk.inbox import page as inbox
from smeditor.desk.posts import viewset as posts

app_name = "smeditor"
urlpatterns = [
    *accounts.urlpatterns,
    *alerts.urlpatterns,
    *articles.urlpatterns,
    *concerns.urlpatterns,
    *concern_answer.urlpatterns,
    *corrections.urlpatterns,
    *deliveries.urlpatterns,
    *holds.urlpatterns,
    *inbox.urlpatterns,
    *letters.urlpatterns,
    *nouns.urlpatterns,
    *posts.urlpatterns,
    *tips.urlpatterns,
    *week.urlpatterns,
]
