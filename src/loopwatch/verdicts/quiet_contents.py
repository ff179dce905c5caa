"""Files whose contents tell that nobody writes them: generated, bundled or minified (design §3)."""

import re

from loopwatch.verdicts.quiet_names import BUNDLED, GENERATED, MINIFIED

HEADER_SIZE = 2048  # bytes; marks of generated files stand at the top
LONG_LINE = 400  # bytes; where people write so much in a line, it is text
LONG_SHARE = 4  # one byte in so many stands in long lines, if the others are a template's text
SIGN_SHARE = 10  # one byte in so many is a sign there, and not more is space
SIGNS = b";,(){}=:"


def contents_reason(content: bytes) -> str | None:
    """Return why a file is quiet by what stands in it, or None if nothing tells that."""
    return _header_reason(content) or _bundled_reason(content) or _minified_reason(content)


# --- What the file says of itself ---

MARK_WORDS = (b"generated", b"do not edit", b"do not modify")  # one of them is in every mark

# A mark does not stand in a string or an assignment: there, a generator writes it.
_HOW = r"(?:automatically |auto-?|machine[ -]?)"
_MARK = re.compile(
    rb"^(?:\"\"\"|''')?[^\"'`=\n]*?(?:%s)"
    % "|".join(
        (
            r"@generated\b|<auto-?generated",
            r"\bthis (?:\w+ )?(?:file|code|source|module|class|header|document|page|script) "
            rf"(?:is|was|has been) {_HOW}?generated\b",
            r"(?-i:\bDO NOT (?:EDIT|MODIFY)\b)"
            r"(?! (?:BELOW|ABOVE|BETWEEN|THIS (?:LINE|SECTION|BLOCK)))",
            r"\bdo not (?:edit|modify) (?:this (?:file|line)|(?:it )?by hand|manually|directly)\b",
        )
    ).encode()
    + rb"|^[^\w\n]*(?:code |file )?(?:%s)"
    % rf"(?:(?<=code )|(?<=file )|{_HOW})generated (?:by|from|using|with|file|code)\b".encode(),
    re.IGNORECASE | re.MULTILINE,
)


def _header_reason(content: bytes) -> str | None:
    """Return why a file is quiet that says at its top that it is generated."""
    head = content[:HEADER_SIZE]
    lower = head.lower()
    if not any(word in lower for word in MARK_WORDS):
        return None
    return GENERATED if _MARK.search(head) else None


# --- What compilers and bundlers leave ---

# The helpers of esbuild, of TypeScript and Babel, and of webpack, in this order.
_HELPER = re.compile(
    rb"^(?:\"use strict\"; *)?(?:"
    rb"(?:var|let|const) __(?:create|defProp) ?= ?Object\.|"
    rb"Object\.defineProperty\(exports, ?\"__esModule\"|"
    rb"/\*{6}/ )",
    re.MULTILINE,
)
_SOURCE_MAP = re.compile(rb"^(?://|/\*)[#@] sourceMappingURL=\S+(?: \*/)?\s*\Z", re.MULTILINE)
_TAIL_SIZE = 2048  # bytes; a source map is named by the last line


def _bundled_reason(content: bytes) -> str | None:
    """Return why a file is quiet that a compiler or a bundler has left its marks in."""
    is_bundled = _HELPER.search(content[:HEADER_SIZE]) or _SOURCE_MAP.search(content[-_TAIL_SIZE:])
    return BUNDLED if is_bundled else None


def _minified_reason(content: bytes) -> str | None:
    """Return why a file is quiet of which much is code in lines that nobody could read.

    Long lines of a text, of data or of class names have few signs or many spaces. Much need not
    be most: a minifier leaves the lines of a template string as they are.
    """
    long = b"".join(line for line in content.split(b"\n") if len(line) >= LONG_LINE)
    if len(long) * LONG_SHARE < len(content) or not long:
        return None
    signs = len(long) - len(long.translate(None, SIGNS))
    spaces = long.count(b" ") + long.count(b"\t")
    return MINIFIED if signs * SIGN_SHARE >= len(long) > spaces * SIGN_SHARE else None
