"""Public addresses beside the page tree."""

from django.urls import path, register_converter
from wagtail.contrib.sitemaps.views import sitemap

from newsroom.articles import views
from newsroom.articles.feeds import LatestFeed, news_sitemap
from smeditor.text.params import IdConverter

register_converter(IdConverter, "article_id")

urlpatterns = [
    path("a/<article_id:pk>/", views.short, name="short"),
    path("feed/", LatestFeed(), name="feed"),
    path("feed/<slug:slug>/", LatestFeed(), name="section-feed"),
    path("oembed", views.oembed, name="oembed"),
    path("robots.txt", views.robots, name="robots"),
    path("sections.css", views.section_colours, name="section-colours"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-news.xml", news_sitemap, name="news-sitemap"),
    path("tell-us/", views.tell_us, name="tell-us"),
    path("tell-us/thanks/", views.tell_us_thanks, name="tell-us-thanks"),
]
