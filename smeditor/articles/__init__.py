"""How the desk reads a page of the host: a contract, and the adapter of a site that has none of its own."""

from smeditor.articles.aliases import source_of, versions_of
from smeditor.articles.contract import (
    ArticleAdapter,
    ArticleCorrection,
    ArticleFacts,
    ArticleImage,
    ArticleSection,
    article_adapter,
    article_models,
    is_article,
)
from smeditor.articles.page_adapter import PageAdapter, image_filter
from smeditor.articles.page_fields import plain_lines
from smeditor.articles.page_links import links_of
from smeditor.articles.page_urls import bare_host, lie_on_our_sites, page_at, split_site_url
from smeditor.articles.quotes import quotes_of
from smeditor.articles.snapshot import Difference, Snapshot, differences, snapshot, state_hash
from smeditor.articles.visibility import Visibility, visibility_of

__all__ = [
    "ArticleAdapter",
    "ArticleCorrection",
    "ArticleFacts",
    "ArticleImage",
    "ArticleSection",
    "Difference",
    "PageAdapter",
    "Snapshot",
    "Visibility",
    "article_adapter",
    "article_models",
    "bare_host",
    "differences",
    "image_filter",
    "is_article",
    "lie_on_our_sites",
    "links_of",
    "page_at",
    "plain_lines",
    "quotes_of",
    "snapshot",
    "source_of",
    "split_site_url",
    "state_hash",
    "versions_of",
    "visibility_of",
]
