"""All addresses of the desk's own views, under the admin's ``smeditor/``."""

from smeditor.desk import (
    accounts,
    alert_history,
    alerts,
    article_list,
    articles,
    bridges,
    concern_answer,
    concerns,
    corrections,
    deletion,
    deliveries,
    holds,
    learned,
    letters,
    nouns,
    replays,
    tips,
    voices,
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
    *bridges.urlpatterns,
    *concerns.urlpatterns,
    *concern_answer.urlpatterns,
    *corrections.urlpatterns,
    *deletion.urlpatterns,
    *deliveries.urlpatterns,
    *holds.urlpatterns,
    *inbox.urlpatterns,
    *learned.urlpatterns,
    *letters.urlpatterns,
    *nouns.urlpatterns,
    *posts.urlpatterns,
    *replays.urlpatterns,
    *tips.urlpatterns,
    *voices.urlpatterns,
    *week.urlpatterns,
]
