"""Telling the pages that an article links to (Webmention, Pingback). A package of its own between publication and the web.

It is no post: there is no account, no text, nobody approves it and readers see nothing of it here. So it is none of
``publishing``, whose queue, holds and slots are about what the desk says; and it is none of ``listening``, which only
reads. It stands beside both, on the same packages.
"""
