"""The newspaper's own nouns: pages, images with their rights, authors, corrections, readers' messages."""

from newsroom.articles.models.article import ArticleAuthor, ArticlePage, ArticleTag, NewsClass
from newsroom.articles.models.authors import AuthorProfile
from newsroom.articles.models.corrections import Correction
from newsroom.articles.models.images import ImageRights, NewsImage, NewsRendition
from newsroom.articles.models.messages import ReaderMessage
from newsroom.articles.models.pages import HomePage, SectionPage

__all__ = [
    "ArticleAuthor",
    "ArticlePage",
    "ArticleTag",
    "AuthorProfile",
    "Correction",
    "HomePage",
    "ImageRights",
    "NewsClass",
    "NewsImage",
    "NewsRendition",
    "ReaderMessage",
    "SectionPage",
]
