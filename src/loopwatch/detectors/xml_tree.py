"""XML from elsewhere, read without document types and entities.

A document type can make a parser load other files, or blow a small text up to gigabytes.
No test report needs one, so a document that has one is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 100  # elements inside one another
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not XML, but printed by many tools
_START = re.compile(rb"<(?:\?xml|!DOCTYPE|[A-Za-z])")
WIDE = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16


@dataclass(slots=True)
class Element:
    """One element with its attributes, its text and the elements inside."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return an attribute, empty where it is missing."""
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all inside, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.inside))


@dataclass(slots=True)
class Document:
    """The root of a document, and whether it was read to its end."""

    root: Element
    is_whole: bool


class _RefusedError(Exception):
    """The document has something in it that is not read."""


class _Builder:
    """Builds elements; what is still open when the text ends is left out."""

    def __init__(self) -> None:
        self.open: list[Element] = []
        self.root: Element | None = None
        self.texts: list[list[str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= DEEPEST:
            raise _RefusedError
        self.open.append(Element(tag.rpartition(":")[2], attributes))
        self.texts.append([])
        self.root = self.root or self.open[0]

    def end(self, _: str) -> None:
        element = self.open.pop()
        element.text = "".join(self.texts.pop())
        if self.open:
            self.open[-1].inside.append(element)

    def data(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def refuse(self, *_: object) -> int:
        raise _RefusedError


def parse(content: bytes) -> Document | None:
    """Return a document, as far as it can be read; None if nothing can, or it is refused.

    Suites that are still open at the end of a text that breaks off stay empty of their
    name's end only: the whole elements in them are kept.
    """
    start = _START.search(content)
    if start is None and content[:2] not in WIDE:
        return None
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.ExternalEntityRefHandler = builder.refuse
    body = content if start is None else _FORBIDDEN.sub(b"?", content[start.start() :])
    try:
        parser.Parse(body, True)
    except _RefusedError:
        return None
    except (expat.ExpatError, ValueError, LookupError):
        pass  # it breaks off, or goes on with something else
    return _document(builder)


def _document(builder: _Builder) -> Document | None:
    is_whole = not builder.open
    while len(builder.open) > 1:  # close what is open, without what is not whole in itself
        inner = builder.open.pop()
        if inner.inside:
            builder.open[-1].inside.append(inner)
    return Document(builder.root, is_whole) if builder.root else None
