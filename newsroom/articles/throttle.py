"""How often one address may do a thing, without ever storing the address."""

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache

WINDOW = 3600  # seconds
LIMIT = 6


def allowed(request) -> bool:
    """Count one message of this request's sender; False once there were more than ``LIMIT`` within the hour."""
    return count("reader-form", client_address(request), WINDOW) <= LIMIT


def count(what: str, who: str, seconds: int) -> int:
    """Count that ``who`` did ``what`` once more; return how often within the ``seconds`` since the first time.

    What is kept, for that long, is a keyed hash: nobody gets from it to the address without the server's key.
    """
    key = _key(what, who)
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it expired in between
        cache.set(key, 1, seconds)
        return 1


def counted(what: str, who: str) -> int:
    """How often ``who`` did ``what`` within the time that is counted."""
    return cache.get(_key(what, who), 0)


def client_address(request) -> str:
    """The address of the browser: what the outermost proxy of ours saw, if there are any (``NEWSROOM_PROXIES``)."""
    proxies = settings.NEWSROOM_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR", "")


def _key(what: str, who: str) -> str:
    return f"{what}:{hmac.new(settings.SECRET_KEY.encode(), who.encode(errors='replace'), hashlib.sha256).hexdigest()[:32]}"
