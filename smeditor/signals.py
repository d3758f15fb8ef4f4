"""What other applications may tell the desk, and what the desk tells them."""

from django.dispatch import Signal

#: A reader wrote through a form of the newspaper's own. Sent by the host, inside its transaction, with keywords:
#:
#: ``article_id``  primary key of the article's page, or None when the message is about none
#: ``kind``        ``error``, ``question``, ``testimony``, ``tip`` or ``thanks``
#: ``passage``     the words of the article that it is about, or ``""``
#: ``message``     what the reader wrote, plain text
#: ``name``        what the reader wants to be called, or ``""``
#: ``email``       where the reader may be answered, or ``""``
#: ``received_at`` aware datetime
#: ``reference``   a string that is unique to this message and the same each time it is sent again
#:
#: A receiver that has stored the message returns a true value (what it stored), and the host then forgets the text; it
#: raises, or returns None, when it has not, and the host keeps the message and sends it again later. A receiver must
#: therefore be idempotent by ``reference``.
reader_message = Signal()

#: An article was corrected, of a host whose articles do not carry their corrections in :class:`ArticleFacts` themselves. Sent
#: by the host, inside its transaction, once it is published, with keywords:
#:
#: ``article_id``  primary key of the article's page
#: ``text``        what was wrong and what is right, plain text, as readers are told
#: ``user``        who corrected it, or None
#:
#: The desk opens a task for each post that carried the error. The same text of an article opens nothing a second time.
article_corrected = Signal()
