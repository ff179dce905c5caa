"""A shell line, taken apart into the commands it runs, without a shell.

Only what tells how a tool was asked is understood: words and quotes, pipes, lists,
redirections, ``cd``. What a word would expand to is not known here; such a word is
marked, and counts as a name that we cannot know.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST = 20_000  # characters; a longer line is a script, and not looked at
UNKNOWN = "\0"  # begins a word with something in it that only the shell knows

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r]+|\\\n)
    | (?P<comment>\#[^\n]*)
    | (?P<redirection>\d*(?:<<<|<<-?|>>|>&|<&|>\||<>|>|<)|&>>?)
    | (?P<operator>\n|;;|;|&&|\|\||\|&|\||&|\(|\))
    | (?P<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^()]*\)|`[^`]*`|\\.|[^\s'"`;&|<>()\\])+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DOCUMENT = re.compile(  # text that is fed to a command: <<'END' ... END
    r"<<-?[ \t]*(?P<quote>['\"]?)(?P<end>\w+)(?P=quote)(?P<rest>[^\n]*)"
    r"\n(?:.*?\n)??[ \t]*(?P=end)(?![^\n])",
    re.DOTALL,
)
_PIECE = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)|(.)""", re.DOTALL)
_ESCAPED = re.compile(r"\\([$`\"\\\n])")
_EXPANDS = re.compile(r"[$`]")
_PLAIN = re.compile(r"[\w./:=,@%+-]+")  # most words: they say what they are
_GLOBS = re.compile(r"[$`*?~]|\{.")


@dataclass(slots=True)
class Part:
    """One command of a line, as it is written."""

    words: list[str] = field(default_factory=list)
    before: str = ""  # the operator that leads here
    after: str = ""  # the operator that ends it
    redirections: list[tuple[str, str]] = field(default_factory=list)  # operator and target


@lru_cache(maxsize=4)  # who wants to know one thing of a line soon asks another
def parts(line: str) -> Sequence[Part]:
    """Return the commands of a line; none if it cannot be understood."""
    if len(line) > LONGEST:
        return ()
    done: list[Part] = []
    part, pending = Part(), ""
    for kind, text in _tokens(_DOCUMENT.sub(r"\g<rest>", line) if "<<" in line else line):
        if kind == "word":
            word = value(text)
            if pending:
                part.redirections.append((pending, word))
                pending = ""
            else:
                part.words.append(word)
        elif kind == "redirection":
            if "<<" in text and text != "<<<":
                return ()  # the text that is fed has no end
            pending = text
        elif kind == "operator":
            part.after = text
            done.append(part)
            part, pending = Part(before=text), ""
        else:
            return ()
    done.append(part)
    return tuple(
        part for part in done if part.words or part.before in {"(", ")"} or part.after == "("
    )


def value(word: str) -> str:
    """Return what a word says without its quotes."""
    if _PLAIN.fullmatch(word):
        return word
    said, is_known = [], True
    for single, double, escaped, bare, odd in _PIECE.findall(word):
        is_known = is_known and not (_EXPANDS.search(double) or _GLOBS.search(bare) or odd)
        said.append(single or _ESCAPED.sub(r"\1", double) or escaped or bare)
    return "".join(said) if is_known else UNKNOWN + "".join(said)


def _tokens(line: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(line):
        kind = found.lastgroup or "other"
        if kind not in {"space", "comment"}:
            yield kind, found.group()
