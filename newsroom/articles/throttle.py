"""How many messages one address may send, without ever storing the address."""

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache

WINDOW = 3600  # seconds
LIMIT = 6


def allowed(request) -> bool:
    """Count one message of this request's sender; False once there were more than ``LIMIT`` within the hour.

    What is kept, for an hour, is a keyed hash: nobody gets from it to the address without the server's key.
    """
    key = f"reader-form:{_fingerprint(client_address(request))}"
    if cache.add(key, 1, WINDOW):
        return True
    try:
        return cache.incr(key) <= LIMIT
    except ValueError:  # it expired in between
        cache.set(key, 1, WINDOW)
        return True


def client_address(request) -> str:
    """The address of the browser: what the outermost proxy of ours saw, if there are any (``NEWSROOM_PROXIES``)."""
    proxies = settings.NEWSROOM_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR", "")


def _fingerprint(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
