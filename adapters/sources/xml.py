"""XML, guarded: no declarations of entities, nothing fetched, and only so deep."""

import re
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from bot.errors import Refused

MARKUP: Final = re.compile(r"\s*<(?:\?xml|rss|feed|rdf:RDF)\b", re.IGNORECASE)
MOST_DEPTH: Final = 64  # elements inside one another; feeds have five
MOST_BYTES: Final = 10_000_000  # characters of one document; arXiv's fullest feed has four million


def recognises(text: str) -> bool:
    """Whether *text* begins as a feed does."""
    return bool(MARKUP.match(text[:1000]))


def tree(text: str) -> Element:
    """The document that *text* is.

    Raises:
        Refused: broken, too large, too deep, or with a DTD.
    """
    if len(text) > MOST_BYTES:
        raise Refused(f"a feed of {len(text):,} characters; at most {MOST_BYTES:,} fit")
    parser = XMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(text.lstrip())
        root: Element = parser.close()
    except ParseError as error:
        raise Refused(
            f"broken XML, {error.msg}; give the whole feed as it was sent", error.position[0]
        ) from None
    except DefusedXmlException:
        raise Refused("the XML declares a DTD or entities, which no feed needs and attackers use") from None
    except ValueError as error:  # an encoding nobody knows, a surrogate
        raise Refused(f"broken XML, {error}") from None
    return root


def said(element: Element, *names: str) -> str:
    """The text of the first child of *element* with one of these full *names*, or ""."""
    for name in names:
        found = element.find(name)
        if found is not None:
            return "".join(found.itertext()).strip()
    return ""


class _Shallow(TreeBuilder):
    """Builds the tree, and stops where it gets too deep."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:  # noqa: ANN401  # the base class's own types
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise Refused(f"more than {MOST_DEPTH} elements inside one another; no feed is that deep")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
