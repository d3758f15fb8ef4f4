"""How widespread software marks up comments: the most telling structures first, repeated blocks that look so last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

DEFINED = "defined-comment"
"""Class of the elements that :func:`group_definitions` makes."""
COMMENT_ID = re.compile(r"c(?:omment-?)?\d{1,12}")
SIGNED = re.compile(
    r"(?:^|\s)(?:par|by|de|from|von)\s{1,3}(?P<name>\S.{0,200}?)\s{0,3}(?:[-–—|,(].{0,200})?$", re.IGNORECASE
)


@dataclass(frozen=True)
class Layout:
    """Where one kind of software keeps what is wanted, as CSS selectors inside a comment's own element."""

    name: str
    item: str
    text: str
    author: str
    when: str = "time[datetime]"
    link: str = ""


LAYOUTS = (
    Layout(
        "schema.org",
        '[itemtype$="schema.org/Comment"], [itemtype$="schema.org/UserComments"], [itemtype$="schema.org/Answer"]',
        '[itemprop="text"], [itemprop="commentText"]',
        '[itemprop="author"] [itemprop="name"], [itemprop="creator"] [itemprop="name"], [itemprop="author"]',
        '[itemprop="datePublished"], [itemprop="dateCreated"], [itemprop="commentTime"], time[datetime]',
        '[itemprop="url"], [itemprop="discussionUrl"]',
    ),
    Layout(
        "microformats",
        ".h-entry .h-cite, .h-entry .u-comment, .h-feed .h-entry, .hfeed .hentry",
        ".e-content, .p-content, .entry-content",
        ".p-author, .u-author, .author",
        ".dt-published, time[datetime]",
        ".u-url",
    ),
    Layout(
        "SeenThis",
        "article[data-article-id]",
        'div[id^="texte"]',
        ".auteur_date .auteur a",
        ".date time[datetime]",
        ".date a",
    ),
    Layout(
        "WordPress",
        'li[id^="comment-"], div[id^="comment-"], article[id^="div-comment-"]',
        ".comment-content, .comment-body > p, .comment-text",
        ".comment-author .fn, .comment-author cite, .comment-author",
        "time[datetime]",
        ".comment-metadata a, .comment-meta a, .comment-date a",
    ),
    Layout(
        "phpBB", 'div.post[id^="p"]', ".content, .postbody .message", ".author .username, .author strong a, .postprofile dt > a, .author strong",
        "time[datetime]", ".author a",
    ),
    Layout(
        "SPIP",
        '.comments-ul > li, .comments-list > li, ul.forum > li, [id^="forum"].forum-message, .forum-fil > ul > li',
        ".comment-texte, .forum-texte, .texte",
        ".comment-meta [itemprop='name'], .comment-meta .fn, .forum-chapo .auteur, .comment-meta .auteur, .info_auteur, .auteur",
        "time[datetime], abbr.dtreceived[title], abbr.published[title], .comment-meta [title]",
        '.comment-meta a.permalink, .comment-meta a[href*="#comment"], .comment-meta a[href*="#forum"], a[href*="#forum"], a[rel~="bookmark"]',
    ),
    Layout(
        "Blogger", "#comments .comment, #comments li.comment, .comment-thread li.comment", ".comment-content, .comment-body",
        ".comment-header .user, .comment-author, .user", "time[datetime], .datetime", ".datetime a, .comment-timestamp a",
    ),
    Layout("Dotclear", f".{DEFINED}", "dd", "cite", "time[datetime]", 'dt a[href^="#"]'),
    Layout("Discourse", ".topic-body, .crawler-post", ".post, .cooked", ".creator a, .creator, .username", "time[datetime], .post-time", ".post-time a"),
    Layout(
        "comments",
        '[class~="comment"], [class~="reply"], [class~="reponse"], [class~="forum-post"], [class~="message"], [class~="post"]',
        '[class*="content"], [class*="body"], [class*="text"], blockquote, p',
        '[class*="author"], [class*="auteur"], [class*="user"], cite, [rel~="author"]',
        "time[datetime], [datetime]",
        'a[href^="#"], a[rel~="bookmark"]',
    ),
)  # fmt: skip


def group_definitions(soup: BeautifulSoup, most: int) -> None:
    """Give each comment of a definition list an element of its own. At most ``most`` are changed.

    Dotclear's themes write who and when into a ``dt`` and what they say into the ``dd`` behind it.
    """
    for term in soup.select("dl > dt[id]", limit=most):
        text = term.find_next_sibling(["dt", "dd"])
        if not COMMENT_ID.fullmatch(str(term["id"])) or text is None or text.name != "dd":
            continue
        comment = soup.new_tag("div", attrs={"class": DEFINED, "id": str(term["id"])})
        term.insert_before(comment)
        comment.append(term)
        comment.append(text)
        _mark_author(soup, term)


def _mark_author(soup: BeautifulSoup, term: Tag) -> None:
    """Put who signed a comment into a ``cite``: the last link that leaves the page, else the name behind "par"."""
    profiles = [anchor for anchor in term.find_all("a", href=True) if not str(anchor["href"]).startswith("#")]
    if profiles:
        profiles[-1].wrap(soup.new_tag("cite"))
        return
    signed = SIGNED.search(" ".join(term.get_text(" ", strip=True).split())[:500])
    if signed:
        name = soup.new_tag("cite")
        name.string = signed["name"]
        term.append(name)
