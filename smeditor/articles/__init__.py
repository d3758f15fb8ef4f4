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
from smeditor.articles.page_adapter import PageAdapter
from smeditor.articles.page_fields import plain_lines
from smeditor.articles.page_urls import bare_host, page_at, split_site_url
from smeditor.articles.visibility import Visibility, visibility_of

__all__ = [
    "ArticleAdapter",
    "ArticleCorrection",
    "ArticleFacts",
    "ArticleImage",
    "ArticleSection",
    "PageAdapter",
    "Visibility",
    "article_adapter",
    "article_models",
    "bare_host",
    "is_article",
    "page_at",
    "plain_lines",
    "source_of",
    "split_site_url",
    "versions_of",
    "visibility_of",
]
