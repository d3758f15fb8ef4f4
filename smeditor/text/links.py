"""One address for one article: canonical links, our delivery token in them, and the links that a text holds."""

import re
from html import unescape
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import quote, unquote

import regex

from smeditor.text.domains import INVALID
from smeditor.text.sanitise import BREAKS, absolute, bounded_html
from smeditor.text.urls import MASTODON, find_urls

TOKEN_PARAMETER = "sme"  # noqa: S105 - the name of a query parameter

_LONGEST = 8192
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*+)(?P<path>[^?#]*+)(?:\?(?P<query>[^#]*+))?(?:#.*)?", re.I | re.S
)
_AUTHORITY = re.compile(r"(?:(?P<user>[^@\[\]]*)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^:@\[\]]+)(?::(?P<port>[0-9]{0,5}))?")
_NO_CHARACTER = re.compile(rf"[\x00-\x20\x7f-\xa0\u2028\u2029{INVALID}]")
_IDNA_DOTS = re.compile("[。．｡]")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_SYMBOLS = regex.compile(r"(?!-)[\p{L}\p{M}\p{N}\p{S}-]{1,63}(?<!-)")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_HOST = 253
_LONGEST_LABEL = 63

_SAFE_IN_PATH = "/!$&'()*+,;=:@-._~"
_SAFE_IN_QUERY = "!$'()*,;:@/?-._~"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_TRACKING_PREFIXES = ("utm_", "mc_", "at_", "pk_", "mtm_", "matomo_", "hsa_", "vero_", "oly_", "amp_")
_TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "gbraid",
        "wbraid",
        "dclid",
        "gclsrc",
        "msclkid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "igshid",
        "igsh",
        "yclid",
        "xtor",
        "xtref",
        "xtcr",
        "xts",
        "_hsenc",
        "_hsmi",
        "mkt_tok",
        "s_cid",
        "cmpid",
        "ncid",
        "ref_src",
        "ref_url",
        "wt_mc",
        "wt_zmc",
        "_ga",
        "_gl",
        "srsltid",
        "usqp",
        "spm",
        "echobox",
        "amp",
    ]
) | {TOKEN_PARAMETER}

_AMP_CACHE = re.compile(r"/[a-z]/(?P<secure>s/)?(?P<inner>[^/][^/.]*+\.[^/].*)", re.S)
_GOOGLE_AMP = re.compile(r"/amp/(?P<secure>s/)?(?P<inner>[^/][^/.]*+\.[^/].*)", re.S)
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")
_SAME_SITE_PREFIX = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")

_MOST_DESTINATIONS = 8
_MOST_PARAMETERS = 30
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HREF = re.compile(r'href="([^"]*)"')
_HAS_TAG = re.compile(r"</?[a-z][a-z0-9]*[\s/>]", re.I)
_ANCHOR = re.compile(r"<a\b[^<>]*+>[^<]*+(?:<(?!/?a\b)[^<]*+)*+</a>")
_TAGS = re.compile(r"<[^<>]*>")
_LINK_ENDS = re.compile(
    "[\u201a\u201c-\u201e\u2026\u2039\u203a\xab\xbb\u200b-\u200f\u2060-\u2064\ufeff\xad]|[\u2018\u2019](?!\\w)"
)
"""What ends an address in running text, though a path could hold it: quotation marks, an ellipsis, what is invisible."""


class BadLink(ValueError):
    """This is no web address that can be made canonical."""


class _Address(NamedTuple):
    scheme: str
    host: str  # with its port, when that is not the scheme's own
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")


def canonical(url: str) -> str:
    """Return the one form of ``url`` by which links are compared; it is a key, not an address to publish.

    Scheme and host lower-case, host in Punycode, no credentials, default port, fragment or trailing slash; dot segments solved,
    percent-encoding normal (RFC 3986, section 6.2.2); query sorted by name, without tracking parameters and our token; AMP
    pages and caches led back to the page. A mobile host stays (see ``same_article``). ``canonical`` of a canonical link is that link.

    Raises BadLink for anything but an http or https address of at most 8,192 characters.
    """
    address = _address(url)
    while True:
        page = address._replace(path=_without_amp(address.path))
        inner = _behind_amp_cache(address) or _behind_amp_cache(page)
        if inner is None:
            return str(page)
        address = _address(inner)


def same_article(url_a: str, url_b: str) -> bool:
    """Say whether both addresses lead to one article. Never raises: what is no link is no article.

    They do when their canonical links differ at most in scheme and in a ``www.``, ``m.``, ``mobile.`` or ``amp.``
    before the host.
    """
    try:
        return _article(url_a) == _article(url_b)
    except BadLink:
        return False


def destinations(url: str) -> list[str]:
    """Return where ``url`` may lead without asking anybody, itself first. Never raises; at most nine addresses.

    That is the page behind an AMP page or cache, and the target that a wrapper (``l.facebook.com``, an out-going
    redirect) carries in a parameter.
    """
    found = [url.strip()[:_LONGEST]]
    for address in found:  # grows while it is read
        if len(found) > _MOST_DESTINATIONS:
            break
        for further in (_page_of(address), *_carried(address)):
            if further and further not in found:
                found.append(further)
    return found[: _MOST_DESTINATIONS + 1]


def _page_of(url: str) -> str:
    try:
        return canonical(url)
    except BadLink:
        return ""


def _carried(url: str) -> list[str]:
    """The whole web addresses in the query of ``url``, whatever the parameters are called."""
    query = url.partition("#")[0].partition("?")[2]
    values = [unquote(pair.partition("=")[2].replace("+", " ")) for pair in query.split("&")[:_MOST_PARAMETERS]]
    return [value for value in values if _PARTS.fullmatch(value)][:_MOST_DESTINATIONS]


def with_token(url: str, token: str) -> str:
    """Return ``url`` with the delivery's ``token`` (1 to 64 letters, digits, ``-``, ``_``) in its query and nothing else changed.

    A token that is there already is replaced. Raises BadLink if either is not what it should be.
    """
    if not _TOKEN.fullmatch(token):
        raise BadLink("A link token has 1 to 64 letters, digits, hyphens or underscores.")
    _address(url)
    address, mark, fragment = url.strip().partition("#")
    page, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and _name(part) != TOKEN_PARAMETER]
    return f"{page}?{'&'.join([*kept, f'{TOKEN_PARAMETER}={token}'])}{mark}{fragment}"


def token_of(url: str) -> str | None:
    """Return our delivery token in ``url``, or None. Never raises."""
    query = url[:_LONGEST].partition("#")[0].partition("?")[2]
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == TOKEN_PARAMETER and _TOKEN.fullmatch(value):
            return value
    return None


def links_in(text_or_html: str, base: str = "") -> list[str]:
    """Return the web addresses that a text writes or a piece of HTML links, in order and once each, never relative.

    HTML is taken both ways: an address that it writes beside its links counts too. One that is written without its scheme
    gets ``https://``; relative ones are resolved against ``base``, or left out without one. Only the first 50,000 characters
    are read.
    """
    import nh3

    text_or_html = bounded_html(text_or_html)
    if not _HAS_TAG.search(text_or_html):
        return _written(unescape(text_or_html) if "&amp;" in text_or_html else text_or_html)
    markup = nh3.clean(
        text_or_html,
        tags={"a", *BREAKS},
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        url_relative=lambda address: absolute(address, base),
        link_rel=None,
    )
    linked = [unescape(match.group(1)) for match in _HREF.finditer(markup)]
    beside = _written(unescape(_TAGS.sub(" ", _ANCHOR.sub(" ", markup))))
    return list(dict.fromkeys(link for link in [*linked, *beside] if _PARTS.match(link)))


def _written(text: str) -> list[str]:
    """The web addresses that running text writes out."""
    text = _LINK_ENDS.sub(" ", text)
    spans = {url.start: url for url in find_urls(text)}
    spans.update((url.start, url) for url in find_urls(text, MASTODON))
    ordered = [spans[start] for start in sorted(spans)]
    return list(dict.fromkeys(f"https://{url.text}" if url.bare else url.text for url in ordered))


def _article(url: str) -> str:
    address = canonical(url).partition("://")[2]
    return _SAME_SITE_PREFIX.sub("", address, count=1) if _SAME_SITE_PREFIX.match(address) else address


def _address(url: str) -> _Address:
    url = url.strip()
    if len(url) > _LONGEST:
        raise BadLink("This address is too long.")
    parts = _PARTS.fullmatch(url)
    if not parts or _NO_CHARACTER.search(url):
        raise BadLink("This is no http or https address.")
    scheme = parts["scheme"].lower()
    authority = _AUTHORITY.fullmatch(parts["authority"])
    if not authority:
        raise BadLink("The host of this address is not written as one.")
    host = _host(authority["host"]) + _port(authority["port"], scheme)
    return _Address(scheme, host, _path(parts["path"]), _query(parts["query"] or ""))


def _port(written: str | None, scheme: str) -> str:
    if not written:
        return ""
    port = int(written)
    if not 0 < port < 65536:
        raise BadLink("The port of this address is not between 1 and 65535.")
    return "" if port == _DEFAULT_PORTS[scheme] else f":{port}"


def _host(written: str) -> str:
    try:
        if written.startswith("["):
            return f"[{IPv6Address(written[1:-1]).compressed}]"
        labels = _IDNA_DOTS.sub(".", written).removesuffix(".").split(".")
        if labels[-1].isascii() and labels[-1].isdigit():
            return str(IPv4Address(".".join(labels)))
    except AddressValueError as error:
        raise BadLink("The host of this address is no valid IP address.") from error
    if len(written) > _LONGEST_HOST:
        raise BadLink("The host of this address is too long.")
    host = ".".join(_label(label) for label in labels)
    *_, name, _ = ["", "", *host.split(".")]
    if len(host) > _LONGEST_HOST or "_" in name:
        raise BadLink("The host of this address is no domain name.")
    return host


def _label(written: str) -> str:
    if written.isascii():
        label = written.lower()
    else:
        import idna

        try:
            label = idna.encode(written, uts46=True).decode("ascii")
        except idna.IDNAError:
            # Symbols such as ☃ are outside IDNA 2008, yet registered under IDNA 2003 and reachable.
            folded = written.casefold()
            if not _SYMBOLS.fullmatch(folded):
                raise BadLink("The host of this address is no domain name.") from None
            label = "xn--" + folded.encode("punycode", "replace").decode("ascii", "replace").lower()
    if len(label) > _LONGEST_LABEL or not all(_LABEL.fullmatch(part) for part in label.split(".")):
        raise BadLink("The host of this address is no domain name.")
    return label


def _escaped(text: str, safe: str) -> str:
    """Return ``text`` with unreserved characters plain and all others but ``safe`` percent-encoded in upper case."""

    def normalised(escape: re.Match[str]) -> str:
        character = chr(int(escape.group(1), 16))
        return character if character in _UNRESERVED else escape.group().upper()

    text = _LONE_PERCENT.sub("%25", text)
    return quote(_ESCAPE.sub(normalised, text), safe=safe + "%", errors="replace")


def _path(written: str) -> str:
    segments: list[str] = []
    for segment in _escaped(written, _SAFE_IN_PATH).split("/")[1:]:
        if segment == "..":
            segments[-1:] = []
        elif segment != ".":
            segments.append(segment)
    return "/" + "/".join(segments)


def _without_amp(path: str) -> str:
    """Drop what marks an AMP page, and the trailing slash: ``/amp/x``, ``/x/amp/``, ``/x.amp``, ``/x.amp.html``."""
    segments = path.split("/")[1:]
    while True:
        last = segments[-1]
        if len(segments) > 1 and last in ("", "amp"):
            segments.pop()
        elif last != (bare := _bare(last)):
            segments[-1] = bare
        else:
            break
    first = 0
    while first < len(segments) - 1 and segments[first] == "amp":
        first += 1
    return "/" + "/".join(segments[first:])


def _bare(segment: str) -> str:
    for suffix, instead in ((".amp.html", ".html"), (".amp", "")):
        if segment.endswith(suffix) and segment.removesuffix(suffix).strip("."):
            return segment.removesuffix(suffix) + instead
    return segment


def _name(pair: str) -> str:
    return unquote(pair.partition("=")[0].replace("+", " ")).lower()


def _query(written: str) -> str:
    pairs = [pair for pair in written.split("&") if pair and not _is_tracking(pair)]
    return "&".join(sorted((_pair(pair) for pair in pairs), key=lambda pair: pair.partition("=")[0]))


def _pair(written: str) -> str:
    name, sign, value = written.partition("=")
    return _value(name) + sign + _value(value)


def _value(written: str) -> str:
    return _escaped(written.replace("+", "%20"), _SAFE_IN_QUERY)


def _is_tracking(pair: str) -> bool:
    name = _name(pair)
    if name == "outputtype":
        return pair.partition("=")[2].lower() == "amp"
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _behind_amp_cache(address: _Address) -> str | None:
    if address.host.endswith(".cdn.ampproject.org"):
        cached = _AMP_CACHE.fullmatch(address.path)
    elif _GOOGLE.fullmatch(address.host):
        cached = _GOOGLE_AMP.fullmatch(address.path)
    else:
        return None
    if not cached:
        return None
    return f"{'https' if cached['secure'] else 'http'}://{cached['inner']}" + (
        f"?{address.query}" if address.query else ""
    )
