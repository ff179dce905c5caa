"""From the reports about one file of one version to what each defect is known by."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from loopwatch.fingerprints.code_reading import Code, CodeReader
from loopwatch.fingerprints.descriptor import NO_ANCHOR, Descriptor, Part, ScopeForm
from loopwatch.fingerprints.masks import masked
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.fingerprints.packing import digest, pack, raw, sketch
from loopwatch.fingerprints.places import Lines
from loopwatch.fingerprints.source_tree import plain, source_tree
from loopwatch.fingerprints.statement import Statement, similar
from loopwatch.model.evidence import Defect, DefectKind

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
    return FileDescriber(content, path, language).describe_all(defects, family)


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
        if defect.is_by_message:
            return _said(defect, family, self.path)
        match defect.kind:
            case DefectKind.TEST:
                return self._test(defect, family)
            case DefectKind.CRASH:
                return _crash(defect, family)
            case DefectKind.SYNTAX:
                return self._text(defect, family)
            case _:
                return self._statement(defect, family) or self._text(defect, family)

    def names(self) -> tuple[str, ...]:
        """Return the qualified names of all that the file defines, and "" for the file itself."""
        if self.content is None:
            return ()
        return "", *(self.reader.names() if self.reader is not None else ())

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
            code = Code(ScopeForm(path=self.path, name=name), Statement([raw(name)]))
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
            exact=digest(words or [raw(said.key), *map(raw, said.names)]),
            alpha=digest(words or [raw(said.key)]),
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


def _part(defect: Defect, code: Code) -> Part:
    """Return what of its scope a report is about; where it ends may tell that it is about more."""
    span = defect.span
    if span is None:
        return code.part
    if (span.start_line, span.start_column, span.end_line, span.end_column) == (1, 1, 1, 1):
        return Part.FILE
    return Part.BLOCK if span.end_line > code.last_row > 0 else code.part


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
        part=_part(defect, code),
        marks=defect.marks,
    )


def _said(defect: Defect, family: str, path: str) -> Descriptor:
    """Describe a defect by its message, in a file of which no statement stays."""
    said = masked(defect.message)
    words = [path, family, said.key, *said.names, defect.subject]
    exact = digest(map(raw, words))
    return Descriptor(
        kind=defect.kind,
        family=family,
        scope=ScopeForm(path=path, name=""),
        exact=exact,
        alpha=exact,
        message=said.key,
        names=said.names,
        subject=defect.subject,
        tokens=pack([exact]),  # alike is only what is equal
        alphas=pack([exact]),
        marks=defect.marks,
    )


def _crash(defect: Defect, family: str) -> Descriptor:
    """Describe a crash by what was raised and where our own code was at that time.

    The same exception in the same place, with other words, may well be another one.
    """
    said = masked(defect.message)
    frames = list(map(raw, defect.frames))
    path, _, function = (defect.frames[-1] if defect.frames else "").rpartition(":")
    told = [said.key, *said.names] if frames else [said.key]
    exact = digest([raw(defect.rule), *map(raw, told), *frames])
    return Descriptor(
        kind=defect.kind,
        family=family,
        scope=ScopeForm(path=path or defect.path or "", name=function),
        exact=exact,
        alpha=exact if frames else digest([raw(defect.rule)]),
        message=said.key,
        names=said.names,
        subject=defect.subject,
        tokens=similar(frames),
        alphas=similar(frames),
        marks=defect.marks,
    )
