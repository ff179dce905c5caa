"""One statement, up to layout: what it says, and what its similarity is measured on."""

import re
from collections.abc import Mapping, Sequence

from loopwatch.fingerprints.code_view import OWN_NAME, TEXT_MARK, CodeView
from loopwatch.fingerprints.packing import NOTHING, digest, pack, pairs, raw

LOCAL = b"$"  # any local name, where it has no number
KEYWORDS = frozenset(
    b"and as assert async await break case catch class const continue def del do elif else except"
    b" export extends finally fn for from func function if import in instanceof interface is let"
    b" match mut new not of or pass private protected pub public raise return static struct"
    b" super switch this throw try type typeof use var void while with yield self true false"
    b" True False None null undefined nil".split()
)

_WORD = re.compile(rb"\w+")
_NAME = re.compile(rb"[\w$@#]")


class Statement:
    """The tokens of a statement, made once for all reports about it."""

    __slots__ = (
        "after",
        "alpha",
        "alphas",
        "alphas_bag",
        "ancestors",
        "before",
        "bound",
        "exact",
        "locals",
        "tokens_bag",
        "words",
    )

    def __init__(self, words: Sequence[bytes], alphas: Sequence[bytes] | None = None) -> None:
        self.words = words
        self.alphas = words if alphas is None else alphas
        self.exact, self.tokens_bag = digest(words), similar(words)
        self.alpha, self.alphas_bag = self.exact, self.tokens_bag
        if self.alphas != words:
            self.alpha, self.alphas_bag = digest(self.alphas), similar(self.alphas)
        self.bound: Mapping[bytes, bool] = {}
        self.locals = self.before = self.after = self.ancestors = NOTHING

    def token(self, anchor: int) -> bytes:
        """Return one of its tokens, a local name as its number."""
        return self.alphas[anchor] if 0 <= anchor < len(self.alphas) else NOTHING

    def renamed(self, name: str, own: bytes) -> str:
        """Return a name of a message as it reads whatever locals, and the symbol, are called."""
        word = raw(name)
        if word == own:
            return OWN_NAME.decode()
        if not self.bound.get(word):
            return name
        place = self.words.index(word) if word in self.words else -1
        return self.alphas[place].decode("utf-8", "replace") if place >= 0 else LOCAL.decode()


def in_view(view: CodeView, indexes: Sequence[int]) -> Statement:
    """Return the statement of which these are the tokens."""
    made = Statement(view.words(indexes), view.alphas(indexes))
    made.bound = view.bound
    made.locals = pack(view.names(indexes))
    return made


def similar(tokens: Sequence[bytes]) -> bytes:
    """Return what the similarity of statements is measured on.

    Names, numbers and the words of texts count alone and with their neighbours; keywords
    and operators only with their neighbours, because every statement has them.
    """
    items: list[bytes] = pairs(tokens)
    for token in tokens:
        if token.startswith(TEXT_MARK):
            items.extend(_WORD.findall(token))
        elif token not in KEYWORDS and _NAME.match(token):
            items.append(token)
    return pack(items)
