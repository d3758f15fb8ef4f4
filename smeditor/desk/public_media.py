"""Where networks fetch the media of a post that is on its way out."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smeditor.exceptions import Gone, SmeditorError, Temporary
from smeditor.publishing.public_media import media_at


@never_cache
@require_safe
def public_media(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Answer ``GET`` and ``HEAD`` with the media to which the signed ``token`` leads; 404 for all else.

    ``name`` is for whoever fetches: some judge a file by the end of its address.

    503 where the storage does not answer, so that the network comes again.
    """
    try:
        media = media_at(token, timezone.now())
    except Temporary:
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    except (Gone, SmeditorError) as error:
        raise Http404 from error
    headers = {"Content-Length": str(media.size), "X-Robots-Tag": "noindex"}
    return FileResponse(media.open(), content_type=media.media_type, headers=headers)
