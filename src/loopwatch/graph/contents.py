"""File contents as the engine looks at them: lines and symbols, each read once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from loopwatch.diffing.languages import is_installed, language_of
from loopwatch.diffing.syntax import FileSyntax, SyntaxReader

ROOM = 24_000_000  # bytes of file content that are kept, with their lines and symbols
BINARY_HEAD = 8_000  # bytes; git looks as far for a NUL

NO_PARSER = "no parser for {}: compared by lines"


def name(path: bytes) -> str:
    """Return a path as text; what is not UTF-8 in it can be turned back."""
    return path.decode("utf-8", "surrogateescape")


@dataclass(slots=True, eq=False)
class FileContent:
    """One file of one version; parsed when somebody asks for its symbols."""

    lines: tuple[bytes, ...]
    size: int
    parse: Callable[[tuple[bytes, ...]], FileSyntax | None] | None = None
    _syntax: FileSyntax | None = None

    @property
    def syntax(self) -> FileSyntax | None:
        """What the file defines; None where there is no parser for it."""
        if self.parse is not None:
            self._syntax, self.parse = self.parse(self.lines), None
        return self._syntax


EMPTY = FileContent(lines=(), size=0)


@dataclass(slots=True)
class Contents:
    """Reads contents by blob id and keeps the recent ones.

    ``read`` gives bytes, or the reason why there are none; reasons are told to
    ``skip`` with the path.
    """

    read: Callable[[bytes], bytes | str]
    skip: Callable[[bytes, str], None]
    has_symbols: bool = True
    _reader: SyntaxReader = field(default_factory=SyntaxReader)
    _kept: OrderedDict[bytes, FileContent] = field(default_factory=OrderedDict)
    _languages: dict[bytes, str | None] = field(default_factory=dict)
    _room: int = ROOM

    def get(self, path: bytes, blob_id: bytes | None) -> FileContent | None:
        """Return the content of a file; None if it cannot be looked into."""
        if blob_id is None:
            return EMPTY
        if (kept := self._kept.get(blob_id)) is not None:
            self._kept.move_to_end(blob_id)
            return kept
        content = self.read(blob_id)
        if isinstance(content, str):
            self.skip(path, content)
            return None
        if b"\0" in content[:BINARY_HEAD]:
            self.skip(path, "binary")
            return None
        return self._keep(blob_id, self._looked_at(path, content))

    def language(self, path: bytes) -> str | None:
        """Return the language of a file, by its name."""
        if path not in self._languages:
            self._languages[path] = language_of(name(path))
        return self._languages[path]

    def _looked_at(self, path: bytes, content: bytes) -> FileContent:
        language = self.language(path) if self.has_symbols else None
        if language is not None and not is_installed(language):
            self.skip(path, NO_PARSER.format(language))
            language = None
        return FileContent(
            lines=tuple(content.splitlines()),
            size=len(content),
            parse=partial(self._parse, name(path), language) if language else None,
        )

    def _parse(self, path: str, language: str, lines: tuple[bytes, ...]) -> FileSyntax | None:
        return self._reader.read(path, language, b"\n".join(lines))

    def _keep(self, blob_id: bytes, content: FileContent) -> FileContent:
        self._kept[blob_id] = content
        self._room -= content.size
        while self._room < 0 and len(self._kept) > 2:
            self._room += self._kept.popitem(last=False)[1].size
        return content
