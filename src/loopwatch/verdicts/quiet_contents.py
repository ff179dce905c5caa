"""Files whose contents tell that nobody writes them: generated, bundled or minified (design §3)."""

import re

from loopwatch.diffing.minified import is_minified
from loopwatch.verdicts.quiet_names import BUNDLED, GENERATED, MINIFIED

HEADER_SIZE = 2048  # bytes; marks of generated files stand at the top


def contents_reason(path: bytes, content: bytes) -> str | None:
    """Return why a file is quiet by what stands in it, or None if nothing tells that."""
    if reason := _header_reason(content) or _bundled_reason(content):
        return reason
    return MINIFIED if is_minified(path, content) else None


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

# The helpers of esbuild, and of webpack.
_HELPER = re.compile(
    rb"^(?:\"use strict\"; *)?(?:(?:var|let|const) __(?:create|defProp) ?= ?Object\.|/\*{6}/ )",
    re.MULTILINE,
)
# What TypeScript and Babel write: people write the first, too, but not the second.
_MODULE = re.compile(
    rb"^(?:\"use strict\"; *)?Object\.defineProperty\(exports, ?\"__esModule\"", re.MULTILINE
)
_COMPILED = re.compile(
    rb"\bexports\.\w+ = void 0|\b__(?:importDefault|importStar|createBinding|exportStar|awaiter)\b|"
    rb"\b_interopRequire\w+\b|\b\w+_1 = require\("
)
_SOURCE_MAP = re.compile(rb"^(?://|/\*)[#@] sourceMappingURL=\S+(?: \*/)?\s*\Z", re.MULTILINE)
_TAIL_SIZE = 2048  # bytes; a source map is named by the last line


def _bundled_reason(content: bytes) -> str | None:
    """Return why a file is quiet that a compiler or a bundler has left its marks in."""
    head, tail = content[:HEADER_SIZE], content[-_TAIL_SIZE:]
    is_compiled = _MODULE.search(head) and _COMPILED.search(head)
    return BUNDLED if is_compiled or _HELPER.search(head) or _SOURCE_MAP.search(tail) else None
