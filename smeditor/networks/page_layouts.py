"""How widespread software marks up comments: the most telling structures first, repeated blocks that look so last."""

from __future__ import annotations

from dataclasses import dataclass


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
