"""File contents as the engine looks at them: lines and symbols, each read once."""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from loopwatch.diffing.bare_lines import is_binary, split_lines
from loopwatch.diffing.languages import is_installed, language_of
from loopwatch.diffing.lines import trim
from loopwatch.diffing.memo import Memo, Recent
from loopwatch.diffing.minified import is_minified
from loopwatch.diffing.syntax import FileSyntax, Symbol, SyntaxReader

ROOM = 16_000_000  # bytes of file content that are kept, with their lines and symbols
SHAPES = 1_000_000  # symbols, in all versions of files, whose shapes are remembered: 8 MB
MOST_SOUND = 20_000  # contents of which it is remembered that they parse: some 3 MB

Key = tuple[bytes, str | None]  # blob id, language

NO_PARSER = "no parser for {}: compared by lines"


def name(path: bytes) -> str:
    """Return a path as text; what is not UTF-8 in it can be turned back."""
    return path.decode("utf-8", "surrogateescape")


class FileContent:
    """One file of one version; parsed when somebody asks for its symbols.

    Who holds many of them does not hold their lines: those are let go where there is no
    room left, and read again for whoever asks.
    """

    __slots__ = (
        "_again",
        "_by_name",
        "_is_sound",
        "_lines",
        "_parse",
        "_syntax",
        "is_minified",
        "is_part",
        "size",
    )

    def __init__(
        self,
        lines: tuple[bytes, ...],
        size: int,
        *,
        parse: "Callable[[tuple[bytes, ...]], FileSyntax | None] | None" = None,
        again: "Callable[[], FileContent | None] | None" = None,
        is_sound: "Callable[[], bool | None] | None" = None,
        is_part: bool = False,
        is_minified: bool = False,
    ) -> None:
        """Take a content that was read.

        Args:
            lines: without their ends.
            size: in bytes.
            parse: returns what the lines define; None: there is no parser.
            again: reads the same content once more; None: it is never let go.
            is_sound: tells whether it is known to parse, of one that was parsed and let go;
                None: there is no parser.
            is_part: it is cut out of a file: no parser can tell whether it is broken.
            is_minified: nobody writes such lines, and what changes in them tells nothing.
        """
        self._lines: tuple[bytes, ...] | None = lines
        self._syntax: FileSyntax | None = None
        self._by_name: Mapping[str, Symbol] | None = None
        self._parse = parse
        self._again = again
        self._is_sound = is_sound
        self.size = size
        self.is_part = is_part
        self.is_minified = is_minified

    @property
    def lines(self) -> tuple[bytes, ...]:
        """Its lines, without their ends."""
        return self._lines if self._lines is not None else self._reread().lines

    @property
    def has_parser(self) -> bool:
        """Tell whether it is in a language whose symbols are looked at."""
        return self._is_sound is not None

    @property
    def syntax(self) -> FileSyntax | None:
        """What the file defines; None where there is no parser for it."""
        if self._lines is None:
            return self._reread().syntax
        if self._parse is not None:
            self._syntax, self._parse = self._parse(self._lines), None
        return self._syntax

    @property
    def symbols(self) -> Mapping[str, Symbol]:
        """What the file defines, by name."""
        if self._lines is None:
            return self._reread().symbols
        if self._by_name is None:
            defined = self.syntax.symbols if self.syntax is not None else ()
            self._by_name = {symbol.name: symbol for symbol in defined}
        return self._by_name

    @property
    def errors(self) -> tuple[tuple[int, int], ...]:
        """First and last line of each syntax error; none where nobody can tell."""
        if self.is_part or (self._is_sound and self._is_sound()):
            return ()
        return self.syntax.errors if self.syntax is not None else ()

    def let_go(self) -> None:
        """Keep no more than what it takes to read it again."""
        if self._again is not None:
            self._lines = self._syntax = self._by_name = self._parse = None

    def _reread(self) -> "FileContent":
        return (self._again() if self._again else None) or EMPTY


EMPTY = FileContent(lines=(), size=0)


def is_never(path: bytes) -> bool:  # noqa: ARG001
    """Tell of no path that it is special."""
    return False


def lines_of(content: bytes, known: Sequence[bytes] = ()) -> tuple[bytes, ...]:
    """Return the lines as git counts them, without their ends.

    Those that are among ``known``, the lines of another version, are taken from there: two
    versions of a file then need little more room than one, and are compared faster.
    """
    lines = tuple(split_lines(content))
    if not known:
        return lines
    head, known_end, end = trim(known, lines, 0, len(known), 0, len(lines))
    between = {line: line for line in known[head:known_end]}
    changed = (between.get(line, line) for line in lines[head:end])
    return (*known[:head], *changed, *known[known_end:])


@dataclass(slots=True)
class Contents:
    """Reads contents by blob id and keeps the recent ones.

    ``read`` gives bytes, or the reason why there are none; reasons are told to
    ``skip`` with the path.
    """

    read: Callable[[bytes], bytes | str]
    skip: Callable[[bytes, str], None]
    is_elsewhere: Callable[[bytes], bool] = is_never  # submodules have no content here
    is_part: Callable[[bytes], bool] = is_never  # blob ids of contents that are not known whole
    has_symbols: bool = True
    _reader: SyntaxReader = field(default_factory=SyntaxReader)
    _kept: OrderedDict[Key, FileContent] = field(default_factory=OrderedDict)
    _latest: dict[bytes, Key] = field(default_factory=dict)  # what was read last, by path
    _refused: set[tuple[bytes, bytes]] = field(default_factory=set)
    _languages: dict[bytes, str | None] = field(default_factory=dict)
    _sound: Memo[Key, bool] = field(default_factory=lambda: Memo(MOST_SOUND))
    _shapes: Recent[Key, "array[int]"] = field(default_factory=lambda: Recent(SHAPES, SHAPES))
    _room: int = ROOM

    def get(self, path: bytes, blob_id: bytes | None) -> FileContent | None:
        """Return the content of a file; None if it cannot be looked into."""
        if blob_id is None:
            return EMPTY
        if self.is_elsewhere(path):
            return None
        key = blob_id, self.language(path)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        content = self.read(blob_id)
        if isinstance(content, bytes) and is_binary(content):
            content = "binary"
        if isinstance(content, str):
            self._refuse(path, blob_id, content)
            return None
        return self._keep(path, key, self._looked_at(path, blob_id, content))

    def has_shape(self, path: bytes, blob_id: bytes, symbol: str, shape: bytes) -> bool:
        """Tell whether a symbol of a file has this shape.

        That is remembered for far longer than the content: most states that are looked for
        are not those of a version, and one version is looked at many times.
        """
        key = blob_id, self.language(path)
        if (known := self._shapes.get(key)) is None:
            content = self.get(path, blob_id)
            syntax = content.syntax if content is not None else None
            known = self._remember(key, syntax)
        wanted = hash((symbol, shape))
        place = bisect_left(known, wanted)
        return place < len(known) and known[place] == wanted

    def _remember(self, key: Key, syntax: FileSyntax | None) -> "array[int]":
        """Remember the shapes of a content, unless they are."""
        shapes = self._shapes.get(key)
        if shapes is None:
            symbols = syntax.symbols if syntax is not None else ()
            shapes = array("q", sorted(hash((one.name, one.shape_state)) for one in symbols))
            self._shapes.put(key, shapes, len(shapes) + 1)
        return shapes

    def _refuse(self, path: bytes, blob_id: bytes, reason: str) -> None:
        """Tell once for each content of a path why it is not looked into."""
        if (path, blob_id) not in self._refused:
            self._refused.add((path, blob_id))
            self.skip(path, reason)

    def language(self, path: bytes) -> str | None:
        """Return the language of a file, by its name."""
        if path not in self._languages:
            self._languages[path] = language_of(name(path))
        return self._languages[path]

    def _looked_at(self, path: bytes, blob_id: bytes, content: bytes) -> FileContent:
        language = self.language(path) if self.has_symbols else None
        if language is not None and not is_installed(language):
            self._refuse(path, blob_id, NO_PARSER.format(language))
            language = None
        before = self._kept.get(self._latest[path]) if path in self._latest else None
        key, is_part = (blob_id, language), self.is_part(blob_id)
        return FileContent(
            lines=lines_of(content, before.lines if before else ()),
            size=len(content),
            parse=partial(self._parse, name(path), key) if language else None,
            again=partial(self.get, path, blob_id),
            is_sound=partial(self._sound.get, key) if language else None,
            is_part=is_part,
            is_minified=not is_part and is_minified(path, content),
        )

    def _parse(self, path: str, key: Key, lines: tuple[bytes, ...]) -> FileSyntax | None:
        assert key[1] is not None
        syntax = self._reader.read(path, key[1], b"\n".join(lines))
        if syntax is not None and not syntax.errors:
            self._sound.put(key, True)
        self._remember(key, syntax)
        return syntax

    def _keep(self, path: bytes, key: Key, content: FileContent) -> FileContent:
        self._kept[key] = content
        self._latest[path] = key
        self._room -= content.size
        while self._room < 0 and len(self._kept) > 2:
            gone = self._kept.popitem(last=False)[1]
            self._room += gone.size
            gone.let_go()
        return content
