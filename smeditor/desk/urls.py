"""All addresses of the desk's own views, under the admin's ``smeditor/``."""

from smeditor.desk import (
    accounts,
    alert_history,
    alerts,
    article_list,
    articles,
    concern_answer,
    concern_matches,
    concern_operations,
    concerns,
    corrections,
    deletion,
    deliveries,
    digests,
    holds,
    participation,
    readers,
    reruns,
    sources,
    tips,
    trained_models,
    week,
)
from smeditor.desk.inbox import page as inbox
from smeditor.desk.posts import viewset as posts

app_name = "smeditor"
urlpatterns = [
    *accounts.urlpatterns,
    *alert_history.urlpatterns,
    *alerts.urlpatterns,
    *article_list.urlpatterns,
    *articles.urlpatterns,
    *concern_matches.urlpatterns,
    *concerns.urlpatterns,
    *concern_operations.urlpatterns,
    *concern_answer.urlpatterns,
    *corrections.urlpatterns,
    *deletion.urlpatterns,
    *deliveries.urlpatterns,
    *holds.urlpatterns,
    *inbox.urlpatterns,
    *trained_models.urlpatterns,
    *digests.urlpatterns,
    *posts.urlpatterns,
    *readers.urlpatterns,
    *reruns.urlpatterns,
    *sources.urlpatterns,
    *tips.urlpatterns,
    *participation.urlpatterns,
    *week.urlpatterns,
]
