"""The public views that are not pages of the tree."""

import re

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.models import Site

from newsroom.articles.addresses import article_at
from newsroom.articles.forms import ReaderMessageForm
from newsroom.articles.language import newsroom_language
from newsroom.articles.metadata import CARD_HEIGHT, CARD_WIDTH, absolute, site_name, social_image
from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.articles.models.authors import author_name
from newsroom.articles.models.pages import HEX_PATTERN
from newsroom.articles.reader_messages import receive
from newsroom.articles.throttle import allowed
from smeditor.text.params import parse_id


@require_http_methods(["GET", "HEAD", "POST"])
def tell_us(request: HttpRequest) -> HttpResponse:
    """The form by which a reader reports an error or tells the newsroom something, about one article or none."""
    article = _article_of(request)
    translation.activate(article.language if article else newsroom_language())
    form = ReaderMessageForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif not allowed(request):
            form.add_error(None, _("You have sent many messages in a short time. Keep your text and try in an hour."))
            status = 429
        else:
            form.instance.article = article
            receive(form.instance)
            return redirect(_with_article(reverse("tell-us-thanks"), article))
    return render(request, "articles/tell_us.html", {"form": form, "article": article}, status=status)


@require_GET
def tell_us_thanks(request: HttpRequest) -> HttpResponse:
    """What a reader sees once the message is with the newsroom."""
    article = _article_of(request)
    translation.activate(article.language if article else newsroom_language())
    return render(request, "articles/tell_us_thanks.html", {"article": article})


@require_GET
def short(request: HttpRequest, pk: int) -> HttpResponse:
    """The permanent address of an article, whatever its section and slug become."""
    article = ArticlePage.objects.public_at(timezone.now()).filter(pk=pk).first()
    url = article.get_url(request) if article else None
    if url is None:
        raise Http404
    return redirect(url, permanent=False)


@require_GET
def oembed(request: HttpRequest) -> HttpResponse:
    """Describe a public article as oEmbed 1.0 ``link`` (https://oembed.com), in JSON."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(_("Only JSON is offered here."), status=501, content_type="text/plain; charset=utf-8")
    site = Site.find_for_request(request)
    article = article_at(request.GET.get("url", ""))
    if site is None or article is None or not article.public_at(timezone.now()):
        raise Http404
    answer = {
        "version": "1.0",
        "type": "link",
        "title": article.title,
        "author_name": ", ".join(author_name(user) for user in article.author_users),
        "provider_name": site_name(site),
        "provider_url": absolute(site, "/"),
        "cache_age": 3600,
    }
    image = social_image(article, site)
    if image:
        answer |= {"thumbnail_url": image, "thumbnail_width": CARD_WIDTH, "thumbnail_height": CARD_HEIGHT}
    return JsonResponse(answer)


@require_GET
@cache_control(max_age=300, public=True)
def section_colours(request: HttpRequest) -> HttpResponse:
    """The sections' colours as a stylesheet: the policy of the public pages allows no style inside a page."""
    sections = SectionPage.objects.live().values_list("pk", "colour").order_by("pk")
    rules = [f".section-{pk} {{ --section: {colour}; }}" for pk, colour in sections if re.match(HEX_PATTERN, colour)]
    return HttpResponse("\n".join([*rules, ""]), content_type="text/css; charset=utf-8")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """``robots.txt``: robots stay out of the admin and the form, and find the sitemaps."""
    site = Site.find_for_request(request)
    maps = [absolute(site, reverse(name)) for name in ("sitemap", "news-sitemap")] if site else []
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /tell-us/", *(f"Sitemap: {url}" for url in maps)]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _article_of(request: HttpRequest) -> ArticlePage | None:
    key = parse_id(request.GET.get("article"))
    return ArticlePage.objects.public_at(timezone.now()).filter(pk=key).first() if key else None


def _with_article(url: str, article: ArticlePage | None) -> str:
    return f"{url}?article={article.pk}" if article else url
