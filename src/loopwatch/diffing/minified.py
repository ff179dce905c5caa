"""Tells what a minifier has written from what people write."""

# Of other languages there are no minifiers in use: long lines there are data that somebody put in.
SUFFIXES = (b".js", b".mjs", b".cjs", b".css", b".html", b".htm")
LONG_LINE = 400  # bytes; where people write so much in a line, it is text
VERY_LONG_LINE = 2_000  # bytes; of a bundle, one line at least is
WHOLE_SHARE = 1.1  # one byte in so many stands in long lines
LONG_SHARE = 4  # the same of a bundle, whose other lines are those of a template
SIGN_SHARE = 10  # one byte in so many is a sign there, and not more is space
SIGNS = b";,(){}=:"
USUAL = 30  # bytes of a line on average; those of nearly all bundles are longer


def is_minified(path: bytes, content: bytes) -> bool:
    """Tell whether much of a file is code in lines that nobody could read.

    Long lines of a text, of data or of class names have few signs or many spaces. Much need not
    be most: a minifier leaves the lines of a template string as they are.
    """
    if len(content) <= USUAL * content.count(b"\n") or not path.lower().endswith(SUFFIXES):
        return False  # as nearly all: the lines are not looked at
    lines = [line for line in content.split(b"\n") if len(line) >= LONG_LINE]
    long = b"".join(lines)
    is_bundle = len(lines) > 1 and len(max(lines, key=len)) >= VERY_LONG_LINE
    if len(long) * (LONG_SHARE if is_bundle else WHOLE_SHARE) < len(content):
        return False
    signs = len(long) - len(long.translate(None, SIGNS))
    spaces = long.count(b" ") + long.count(b"\t")
    return signs * SIGN_SHARE >= len(long) > spaces * SIGN_SHARE
