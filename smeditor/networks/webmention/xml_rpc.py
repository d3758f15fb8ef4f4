"""XML-RPC as far as Pingback needs it: one call with two strings, and its answer.

http://xmlrpc.com/spec.md and Pingback 1.0 (https://www.hixie.ch/specs/pingback/pingback), both read 2026-11-30. What
comes from outside is bounded, and refused if it declares anything: no entity is ever expanded, nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from smeditor.exceptions import BadAnswer
from smeditor.networks.charsets import UNSTORABLE, decode

METHOD = "pingback.ping"
LONGEST_CALL = 10_000
LONGEST_ANSWER = 64_000
MOST_MARKS = 400
"""Tags of a call or an answer; an honest one has twenty."""

PARSE_ERROR, NO_SUCH_METHOD, WRONG_PARAMETERS = -32700, -32601, -32602
"""http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php, as servers use them."""
NO_SOURCE, NO_LINK, NO_TARGET, NOT_A_TARGET, ALREADY_THERE, DENIED, UPSTREAM = 0x10, 0x11, 0x20, 0x21, 0x30, 0x31, 0x32
"""Pingback 1.0, section 3: the fault codes of ``pingback.ping``."""


class BadCall(Exception):
    """What came is no call that is understood; ``code`` is the fault to answer with."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class PingAnswer:
    """What a Pingback server answered: ``fault`` is its code, None where it accepted."""

    fault: int | None
    text: str = ""


def call(source: str, target: str) -> bytes:
    """The body of a ``pingback.ping``."""
    params = "".join(f"<param><value><string>{escape(value)}</string></value></param>" for value in (source, target))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<methodCall><methodName>{METHOD}</methodName>'
        f"<params>{params}</params></methodCall>\n"
    ).encode()


def read_call(body: bytes) -> tuple[str, str]:
    """(source, target) of a ``pingback.ping``. Raises BadCall for everything else."""
    root = _parsed(body, LONGEST_CALL)
    if root is None or root.tag != "methodCall":
        raise BadCall(PARSE_ERROR, "This is no XML-RPC call.")
    if (root.findtext("methodName") or "").strip() != METHOD:
        raise BadCall(NO_SUCH_METHOD, "Only pingback.ping is offered.")
    values = [_string(value) for value in root.findall("params/param/value")]
    if len(values) != 2 or not all(values):
        raise BadCall(WRONG_PARAMETERS, "pingback.ping takes two addresses: source and target.")
    return values[0].strip(), values[1].strip()


def read_answer(body: bytes) -> PingAnswer:
    """What a server said to a ``pingback.ping``. Raises BadAnswer for what is no answer to one."""
    root = _parsed(body, LONGEST_ANSWER)
    if root is None or root.tag != "methodResponse":
        raise BadAnswer("The Pingback server answered with something that is not XML-RPC.")
    if root.find("fault") is None:
        if root.find("params/param/value") is None:
            raise BadAnswer("The Pingback server's answer is empty.")
        return PingAnswer(None)
    members = {
        (member.findtext("name") or "").strip(): member.find("value")
        for member in root.findall("fault/value/struct/member")
    }
    written = members.get("faultCode")
    code = "".join(written.itertext()).strip() if written is not None else ""
    message = members.get("faultString")
    text = "".join(message.itertext()).strip()[:300] if message is not None else ""
    try:
        return PingAnswer(int(code[:9]), text)
    except ValueError:
        return PingAnswer(0, text)


def success(text: str) -> bytes:
    """The answer that accepts."""
    return _answer(f"<params><param><value><string>{escape(text)}</string></value></param></params>")


def fault(code: int, text: str) -> bytes:
    """The answer that refuses, with its code and a sentence."""
    return _answer(
        f"<fault><value><struct><member><name>faultCode</name><value><int>{code}</int></value></member>"
        f"<member><name>faultString</name><value><string>{escape(text)}</string></value></member></struct></value></fault>"
    )


def _answer(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>{content}</methodResponse>\n'.encode()


def _string(value: ElementTree.Element) -> str:
    """A value that is a string, written as such or bare; empty for another type."""
    children = list(value)
    if not children:
        return value.text or ""
    return (children[0].text or "") if len(children) == 1 and children[0].tag == "string" else ""


def _parsed(body: bytes, longest: int) -> ElementTree.Element | None:
    """The root of a small document that declares nothing; None for anything else.

    Without a document type there is no entity of its own, so that nothing is expanded and nothing fetched. The text is
    looked through as it is parsed: whatever encoding its bytes had is gone by then.
    """
    if len(body) > longest:
        return None
    text = decode(body).lstrip("\ufeff \t\r\n")
    if text.startswith("<?"):
        text = text.partition("?>")[2]
    if "<!" in text or "<?" in text or text.count("<") > MOST_MARKS or UNSTORABLE.search(text):
        return None
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - bounded, and without any declaration
    except (ElementTree.ParseError, ValueError):
        return None
