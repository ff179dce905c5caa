"""From the reports about one file of one version to what each defect is known by."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from loopwatch.fingerprints.code_reading import Code, CodeReader
from loopwatch.fingerprints.descriptor import NO_ANCHOR, Descriptor, ScopeForm
from loopwatch.fingerprints.masks import masked
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.fingerprints.packing import digest, pack, sketch
from loopwatch.fingerprints.places import Lines
from loopwatch.fingerprints.source_tree import plain, source_tree
from loopwatch.fingerprints.statement import Statement, similar
from loopwatch.model.evidence import Defect, DefectKind

MOST_READ = 12  # files
Family = Callable[[Defect], str]

WORD = re.compile(rb"\w+|[^\w\s()\[\]{},;]")
MOST_LINE_BYTES = 2000  # of a line without a parser; a longer one was not written by hand
MOST_BROKEN_LINES = 3  # of a syntax error


def rule_of(defect: Defect) -> str:
    """Return the family of a rule of which nothing else is known: itself."""
    return defect.rule


def describe(
    defects: Iterable[Defect],
    content: bytes | None,
    path: str,
    language: str | None,
    family: Family = rule_of,
) -> tuple[Descriptor, ...]:
    """Describe the defects of one file of one version.

    Args:
        defects: what was reported of the file, by any detectors.
        content: the file; None where it cannot be had.
        path: of the file, relative to the repository.
        language: as ``diffing.languages.language_of`` says it; None: no parser.
        family: what the rule of a defect is matched as, such as ``families.family``.

    Returns:
        One descriptor for each defect, in the order given.
    """
    return Describing().describe(None, defects, lambda: content, path, language, family)


class Describing:
    """Describes files, and keeps what it read of the last ones: new today is old tomorrow."""

    def __init__(self, most: int = MOST_READ) -> None:
        """Keep what was read of so many files."""
        self._most = most
        self._read: dict[Hashable, FileDescriber] = {}

    def describe(
        self,
        key: Hashable,
        defects: Iterable[Defect],
        content: Callable[[], bytes | None],
        path: str,
        language: str | None,
        family: Family = rule_of,
    ) -> tuple[Descriptor, ...]:
        """Describe as ``describe`` does.

        Args:
            key: equal only for equal content; None: it is not known.
            defects: see ``describe``.
            content: gives the file, if it has to be read.
            path: see ``describe``.
            language: see ``describe``.
            family: see ``describe``.
        """
        return self.file(key, content, path, language).describe_all(defects, family)

    def file(
        self,
        key: Hashable,
        content: Callable[[], bytes | None],
        path: str,
        language: str | None,
    ) -> "FileDescriber":
        """Return what describes a file; see ``describe``."""
        known = self._read.pop((key, path), None) if key is not None else None
        file = known or FileDescriber(content(), path, language)
        if key is not None:
            self._read[key, path] = file
            while len(self._read) > self._most:
                del self._read[next(iter(self._read))]
        return file


def _numbered(descriptors: Sequence[Descriptor]) -> tuple[Descriptor, ...]:
    """Tell twins apart by the order in which they stand."""
    seen: Counter[object] = Counter()
    numbered = []
    for descriptor in descriptors:
        key = (descriptor.bucket, descriptor.exact_key)
        ordinal, seen[key] = seen[key], seen[key] + 1
        numbered.append(replace(descriptor, ordinal=ordinal) if ordinal else descriptor)
    return tuple(numbered)


class FileDescriber:
    """What the reports about one file share."""

    def __init__(self, content: bytes | None, path: str, language: str | None) -> None:
        """Take a file; see ``describe``."""
        self.path = path
        self.content = plain(content) if content is not None else None
        self.lines = Lines(self.content) if self.content is not None else None
        tree = source_tree(language, self.content) if self.content is not None else None
        self.reader = CodeReader(tree, path, language) if tree and language else None
        self._file: ScopeForm | None = None

    def describe_all(self, defects: Iterable[Defect], family: Family) -> tuple[Descriptor, ...]:
        """Describe defects, in the order given; twins are told apart by theirs."""
        return _numbered([self.describe(defect, family(defect)) for defect in defects])

    def describe(self, defect: Defect, family: str) -> Descriptor:
        """Describe one defect by what its kind is known by."""
        match defect.kind:
            case DefectKind.TEST:
                return self._test(defect, family)
            case DefectKind.CRASH:
                return _crash(defect, family)
            case DefectKind.SYNTAX:
                return self._text(defect, family)
            case _:
                return self._statement(defect, family) or self._text(defect, family)

    def defines(self, name: str) -> bool:
        """Tell whether the file has a definition of that name; "" is the file itself."""
        if not name:
            return self.content is not None
        return self.reader is not None and self.reader.index_of(name) is not None

    def scope(self, name: str) -> ScopeForm | None:
        """Return the definition of that name, or the file itself; None if it is not there."""
        if not self.defines(name):
            return None
        index = self.reader.index_of(name) if self.reader is not None else None
        return self.reader.scope(index) if self.reader and index is not None else self._whole()

    def _statement(self, defect: Defect, family: str) -> Descriptor | None:
        if self.reader is None or self.lines is None or defect.span is None:
            return None
        has_column = defect.span.start_column is not None
        code = self.reader.statement(self.lines.offset(defect.span), has_column)
        return _from_code(defect, family, code) if code is not None else None

    def _test(self, defect: Defect, family: str) -> Descriptor:
        names = node_id(defect.subject).names
        code = self.reader.test(names) if self.reader is not None else None
        if code is None:
            name = ".".join(names)
            code = Code(ScopeForm(path=self.path, name=name), Statement([name.encode()]))
        return replace(_from_code(defect, family, code), subject=defect.subject)

    def _text(self, defect: Defect, family: str) -> Descriptor:
        """Describe a defect by the text of its line, or by its message alone."""
        words = self._line_words(defect)
        span, said = defect.span, masked(defect.message)
        before = after = b""
        anchor = NO_ANCHOR
        if self.lines is not None and span is not None:
            before = pack(_words(self._beside(span.start_line, -1)))
            after = pack(_words(self._beside(span.end_line, 1)))
            head = self.lines.text(span.start_line)[: (span.start_column or 1) - 1]
            anchor = len(_words(head)) if span.start_column is not None else NO_ANCHOR
        return Descriptor(
            kind=defect.kind,
            family=family,
            scope=self._scope_at(defect),
            exact=digest(words or [said.key.encode(), *(name.encode() for name in said.names)]),
            alpha=digest(words or [said.key.encode()]),
            anchor=anchor,
            message=said.key,
            names=said.names,
            subject=defect.subject,
            tokens=similar(words),
            alphas=similar(words),
            before=before,
            after=after,
            marks=defect.marks,
        )

    def _line_words(self, defect: Defect) -> list[bytes]:
        if self.lines is None or defect.span is None:
            return []
        first = defect.span.start_line
        last = first
        if defect.kind is DefectKind.SYNTAX:
            last = min(defect.span.end_line, first + MOST_BROKEN_LINES - 1)
        return [word for line in range(first, last + 1) for word in _words(self.lines.text(line))]

    def _beside(self, line: int, step: int) -> bytes:
        """Return the next line that is not blank, above or below."""
        assert self.lines is not None
        line += step
        while 1 <= line <= len(self.lines.starts) and not self.lines.text(line).strip():
            line += step
        return self.lines.text(line)

    def _scope_at(self, defect: Defect) -> ScopeForm:
        if self.reader is not None and self.lines is not None and defect.span is not None:
            return self.reader.scope_at(self.lines.offset(defect.span))
        return self._whole()

    def _whole(self) -> ScopeForm:
        """Return the file as a scope."""
        if self._file is None:
            content = self.content or b""
            body = sketch(_words(content)) if b"\0" not in content else b""
            self._file = ScopeForm(
                path=self.path, name="", state=digest([content]) if content else b"", body=body
            )
        return self._file


def _words(text: bytes) -> list[bytes]:
    return WORD.findall(text[:MOST_LINE_BYTES])


def _from_code(defect: Defect, family: str, code: Code) -> Descriptor:
    said, statement = masked(defect.message), code.statement
    return Descriptor(
        kind=defect.kind,
        family=family,
        scope=code.scope,
        exact=statement.exact,
        alpha=statement.alpha,
        anchor=code.anchor,
        message=said.key,
        names=tuple(statement.renamed(name, code.own) for name in said.names),
        anchor_token=statement.token(code.anchor),
        tokens=statement.tokens_bag,
        alphas=statement.alphas_bag,
        locals=statement.locals,
        said=said.names,
        before=statement.before,
        after=statement.after,
        ancestors=statement.ancestors,
        marks=defect.marks,
    )


def _crash(defect: Defect, family: str) -> Descriptor:
    """Describe a crash by what was raised and where our own code was at that time.

    The same exception in the same place, with other words, may well be another one.
    """
    said = masked(defect.message)
    frames = [frame.encode() for frame in defect.frames]
    path, _, function = (defect.frames[-1] if defect.frames else "").rpartition(":")
    told = [said.key, *said.names] if frames else [said.key]
    exact = digest([defect.rule.encode(), *(text.encode() for text in told), *frames])
    return Descriptor(
        kind=defect.kind,
        family=family,
        scope=ScopeForm(path=path or defect.path or "", name=function),
        exact=exact,
        alpha=exact if frames else digest([defect.rule.encode()]),
        message=said.key,
        names=said.names,
        subject=defect.subject,
        tokens=similar(frames),
        alphas=similar(frames),
        marks=defect.marks,
    )
