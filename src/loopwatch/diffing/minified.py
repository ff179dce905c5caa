"""Tells what a minifier has written from what people write."""

LONG_LINE = 400  # bytes; where people write so much in a line, it is text
LONG_SHARE = 4  # one byte in so many stands in long lines, if the others are a template's text
ALONE_SHARE = 1.1  # the same of a single such line: people write one, too, for a test
SIGN_SHARE = 10  # one byte in so many is a sign there, and not more is space
SIGNS = b";,(){}=:"
USUAL = 30  # bytes of a line, on average: where a quarter is in long ones, it is more


def is_minified(content: bytes) -> bool:
    """Tell whether much of a file is code in lines that nobody could read.

    Long lines of a text, of data or of class names have few signs or many spaces. Much need not
    be most: a minifier leaves the lines of a template string as they are.
    """
    if len(content) <= USUAL * content.count(b"\n"):  # as nearly all: the lines are not looked at
        return False
    lines = [line for line in content.split(b"\n") if len(line) >= LONG_LINE]
    long = b"".join(lines)
    if len(long) * (LONG_SHARE if len(lines) > 1 else ALONE_SHARE) < len(content):
        return False
    signs = len(long) - len(long.translate(None, SIGNS))
    spaces = long.count(b" ") + long.count(b"\t")
    return signs * SIGN_SHARE >= len(long) > spaces * SIGN_SHARE
