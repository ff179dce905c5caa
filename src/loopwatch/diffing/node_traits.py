"""What to do at each kind of syntax node, looked up by the number of its kind."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

from loopwatch.diffing.grammars import CORE, Grammar
from loopwatch.diffing.more_grammars import EXTRA

if TYPE_CHECKING:
    from tree_sitter import Language

    from loopwatch.diffing.naming import Namer

# What a node is to the walk: one to look into; a token that always reads the same, one that is
# left out, a bracket that closes, a name; or one that needs a closer look.
INNER, WORD, DROPPED, CLOSER, NAME, ATOM, PROSE, TERMINATOR, COMMENT, QUOTE = range(10)
# What an identifier is at its place.
USE, BIND, UNBIND, KEEP, PASS = range(5)

BLOCK_OPENS, BLOCK_CLOSES, STATEMENT_ENDS = b"\2", b"\3", b";"
CLOSING = (")", "]", "}", ">")
ERRORS = (65534, 65535)  # the numbers of what is no kind of any grammar
PLACE_BITS = 20  # a kind takes 16 of them, and how it is looked at the others


class Traits:
    """What matters about one kind of node."""

    __slots__ = (
        "after",
        "always_local",
        "before",
        "docstring",
        "else_role",
        "ends",
        "import_field",
        "is_compound",
        "is_import",
        "is_prefix",
        "is_require",
        "is_scope",
        "is_shorthand",
        "is_special",
        "keeps_comma",
        "may_open",
        "namer",
        "number",
        "passes",
        "roles",
        "sort",
        "token",
    )

    def __init__(self, number: int) -> None:
        self.number = number  # of the kind, in its grammar
        self.sort = INNER
        self.token = b""  # of a WORD or a CLOSER
        self.before = self.after = b""  # marks around what is inside
        self.roles: dict[int | None, int] | None = None  # of identifiers, by field
        self.else_role = USE  # in fields that ``roles`` does not list
        self.passes = False  # some of these roles are the node's own
        self.always_local = False
        self.is_shorthand = False  # it binds a name that means something outside too
        self.namer: Namer | None = None
        self.is_compound = False  # a part of its own, only so that the memo can help
        self.is_scope = self.is_import = self.is_require = self.is_prefix = False
        self.import_field = ""  # an import only if it has this field
        self.docstring = self.keeps_comma = False
        self.may_open = False  # it may be a part of its own
        self.is_special = False  # something is to be done before it is entered
        self.ends = False  # something is to be done after it is left


PLAIN = Traits(0)  # of kinds about which there is nothing to say


@dataclass(frozen=True, slots=True)
class NodeKinds:
    """A grammar that is loaded, with the traits of its kinds of nodes."""

    grammar: Grammar
    language: "Language"
    traits: dict[int, Traits]
    base: int = 0  # of the places of its nodes: no two languages share one
    never_local: frozenset[bytes] = frozenset()
    dropped: frozenset[bytes] = frozenset()  # tokens that mean nothing before a closing bracket


def grammar_of(language: str) -> Grammar | None:
    """Return the description of a language's grammar, installed or not."""
    return CORE.get(language) or EXTRA.get(language)


@cache
def node_kinds(language: str) -> NodeKinds | None:
    """Load a language's grammar; None if it, or tree-sitter itself, is not installed."""
    grammar = grammar_of(language)
    if grammar is None:
        return None
    try:
        from tree_sitter import Language

        module = importlib.import_module(grammar.module)
    except ImportError:
        return None
    loaded = Language(getattr(module, grammar.function)())
    never_local = frozenset(word.encode() for word in grammar.never_local.split())
    ends_lines = grammar.terminators and not grammar.is_semicolon_dropped
    dropped = frozenset({b",", STATEMENT_ENDS} if ends_lines else {b","})
    traits, base = _Table(grammar, loaded).traits, crc32(language.encode()) << PLACE_BITS
    return NodeKinds(grammar, loaded, traits, base, never_local, dropped)


class _Table:
    """Turns the words of a grammar's description into traits by number."""

    def __init__(self, grammar: Grammar, language: "Language") -> None:
        self.language = language
        self.traits: dict[int, Traits] = {}
        self._fill_words(grammar)
        self._fill_tokens(grammar)
        self._fill_places(grammar)
        self._fill_structure(grammar)

    def _of(self, kinds: str, *, is_named: bool = True) -> Iterator[Traits]:
        for kind in kinds.split(" ") if kinds else ():
            number = self.language.id_for_node_kind(kind, is_named)
            if number:
                yield self.traits[number]

    def _fill_words(self, grammar: Grammar) -> None:
        """Give every kind of node its traits: nothing to say, or a token that is its own name."""
        varying = grammar.varying.split()
        for number in (*range(self.language.node_kind_count), *ERRORS):
            trait = self.traits[number] = Traits(number)
            kind = self.language.node_kind_for_id(number)
            is_named = self.language.node_kind_is_named(number)
            if kind and grammar.is_gapless and not is_named and kind not in varying:
                trait.sort, trait.token = WORD, kind.encode()

    def _fill_tokens(self, grammar: Grammar) -> None:
        for trait in self._of(" ".join(CLOSING), is_named=False):
            trait.sort = CLOSER
            trait.token = (self.language.node_kind_for_id(trait.number) or "").encode()
        sorts = ((grammar.identifiers, NAME), (grammar.always_local, NAME), (grammar.atoms, ATOM))
        for kinds, sort in (*sorts, (grammar.prose, PROSE), (grammar.comments, COMMENT)):
            for trait in self._of(kinds):
                trait.sort = sort
        for trait in self._of(grammar.always_local):
            trait.always_local = True
        for trait in self._of(grammar.shorthands):
            trait.sort, trait.is_shorthand = NAME, True
        for trait in self._of(grammar.terminators, is_named=False):
            trait.sort = DROPPED if grammar.is_semicolon_dropped else TERMINATOR
        for trait in self._of(grammar.quotes, is_named=False):
            trait.sort, trait.token = WORD, b'"'
        for trait in self._of(grammar.quotes):
            trait.sort = QUOTE

    def _fill_structure(self, grammar: Grammar) -> None:
        for trait in self._of(self._statements(grammar.statements)):
            trait.after = STATEMENT_ENDS
        for trait in self._of(grammar.blocks):
            trait.before, trait.after = BLOCK_OPENS, BLOCK_CLOSES
        for trait in self._of(grammar.comma_counts):
            trait.keeps_comma = True
        for kind, namer in grammar.definitions.items():
            for trait in self._of(kind):
                trait.namer = namer
        for trait in self._of(grammar.scopes):
            trait.is_scope = True
        for word in grammar.imports.split():
            kind, _, field = word.partition(".")
            for trait in self._of(kind):
                trait.is_import, trait.import_field = True, field
        for kinds, name in (
            (grammar.requires, "is_require"),
            (grammar.prefixes, "is_prefix"),
            (grammar.compounds, "is_compound"),
            (grammar.docstrings, "docstring"),
        ):
            for trait in self._of(kinds):
                setattr(trait, name, True)
        for trait in self.traits.values():
            flags = (
                trait.passes,
                trait.keeps_comma,
                trait.is_import,
                trait.is_require,
                trait.is_prefix,
                trait.docstring,
            )
            trait.may_open = trait.is_scope or trait.is_compound or trait.namer is not None
            trait.ends = trait.may_open or trait.is_prefix or bool(trait.after)
            trait.is_special = trait.may_open or bool(trait.before) or any(flags)

    def _statements(self, kinds: str) -> str:
        """Replace ``*_x`` by every kind whose name ends so."""
        language = self.language
        names = [
            name
            for number in range(language.node_kind_count)
            if language.node_kind_is_named(number)
            and language.node_kind_is_visible(number)
            and (name := language.node_kind_for_id(number))
        ]
        words = kinds.split()
        ends = tuple(word[1:] for word in words if word.startswith("*"))
        found = [name for name in names if ends and name.endswith(ends)]
        return " ".join([*found, *(word for word in words if not word.startswith("*"))])

    def _fill_places(self, grammar: Grammar) -> None:
        places = (grammar.passes, PASS), (grammar.binds, BIND), (grammar.unbinds, UNBIND)
        for words, role in (*places, (grammar.keeps, KEEP)):
            for word in words.split():
                kind, _, field = word.partition(".")
                for trait in self._of(kind):
                    self._fill_place(trait, field, role)

    def _fill_place(self, trait: Traits, field: str, role: int) -> None:
        trait.roles = {} if trait.roles is None else trait.roles
        trait.passes |= role == PASS
        if field in ("", "*"):
            trait.else_role = role
        elif field == "-":
            trait.roles[None] = role
        elif number := self.language.field_id_for_name(field):
            trait.roles[number] = role
