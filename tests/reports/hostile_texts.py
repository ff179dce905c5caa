"""Texts that try to get out of their place, and how the same report looks with a harmless one."""

from hypothesis import strategies as st

from loopwatch.model.report import Report
from tests.reports.samples import hostile

TEXTS = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style></title></textarea>",
    "a | b \\| c \\\\| d|",
    "`x` ``y``` `",
    "\\`x\\",
    "```\n~~~",
    "@everyone #123 GH-1 https://example.com www.example.com a@example.com",
    "[a](javascript:x) ![b](http://example.com/c.png) <http://example.com>",
    "<!-- loopwatch:report --> --><b>",
    "- x\n# y\n> z\n\n---\n***",
    "$x$ :smile: **b** _i_ ~~s~~",
    "::error file=x::y",
    "\n::add-mask::x\n",
    "##[error]x ##vso[task.complete result=Failed;]x",
    "%0A::error::x%25",
    "]]><!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
    "&lt;&amp;&#64;&",
    "\x1b[31m\x9b2J\x07\x08\x7f",
    "a\r\nb\rc",
    "\0",
    "\u2028\u2029\x85\x0b\x0c",
    "\u202ex\u2066",
    "\ud800 \udcff",
    "\ufffe\uffff\U0001fffe",
    "{0} {{1}} }",
    " ",
    "\t",
    "\xa0",
    "../../etc/passwd",
    "/etc/passwd",
    "//example.com/x",
    "a:b",
    "x" * 100_000,
    "`" * 5_000,
)
ANYTHING = st.text(
    st.characters(codec=None)
    | st.sampled_from("\x1b\n\r\t\0\"'\\&<>{}[]()%|`~*_#@:/.!- \u202e\u2028\udcff\uffff"),
    min_size=1,
)
HARMLESS: Report = hostile("x")
MARK = "\ue0f0"  # a character for private use: where it comes out, outside text does


def marked(text: str) -> Report:
    """Return the hostile report of ``text`` around a mark."""
    return hostile(f"{text}{MARK}{text}")
