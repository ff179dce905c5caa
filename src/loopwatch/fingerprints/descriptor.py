"""What a defect is known by, beside where it stands."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from loopwatch.fingerprints.packing import NOTHING
from loopwatch.model.evidence import DefectKind

NO_ANCHOR = -1  # the report names a line only

Key: TypeAlias = tuple[object, ...]


class Part(StrEnum):
    """What of its scope a report is about, where a scope has but one of it."""

    NONE = ""  # one statement of many
    HEADER = "header"  # of the definition that the scope is
    DOCUMENT = "document"  # a statement that is nothing but a text
    BLOCK = "block"  # several statements, such as all imports
    FILE = "file"  # the file as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeForm:
    """A function, method, class or file in one version: where defects are."""

    path: str
    name: str  # qualified, as ``diffing.syntax`` says it; "": the file itself
    state: bytes = NOTHING  # digest of its bytes; equal: a byte-equal restore
    body: bytes = field(default=NOTHING, repr=False)  # sketch of what it holds
    words: bytes = field(default=NOTHING, repr=False)  # of a function: packed names in it

    @property
    def place(self) -> tuple[str, str]:
        """Where it is: path and name."""
        return self.path, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """One report in one version, so that it can be known again in another one.

    No line number is in it. Digests are of tokens; packed bags are for similarity.
    """

    kind: DefectKind
    family: str  # rules that say the same thing are one family
    scope: ScopeForm
    exact: bytes  # digest of the innermost statement; of a test: of its body
    alpha: bytes  # ... with local names replaced by numbers
    anchor: int = NO_ANCHOR  # which token of the statement is reported
    message: str = ""  # masked
    names: tuple[str, ...] = ()  # that the message quotes; local ones as numbers
    subject: str = ""  # of a test: its node id, with parameters
    part: Part = Part.NONE
    ordinal: int = 0  # among twins: the same in all of the above
    anchor_token: bytes = field(default=NOTHING, repr=False)
    tokens: bytes = field(default=NOTHING, repr=False)  # packed bags
    alphas: bytes = field(default=NOTHING, repr=False)
    locals: bytes = field(default=NOTHING, repr=False)  # packed names of $0, $1, ...
    said: tuple[str, ...] = field(default=(), repr=False)  # ``names`` as they were quoted
    before: bytes = field(default=NOTHING, repr=False)  # the previous statement
    after: bytes = field(default=NOTHING, repr=False)  # the next one
    ancestors: bytes = field(default=NOTHING, repr=False)  # kinds of nodes around it
    marks: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # given by the tool

    @property
    def bucket(self) -> tuple[DefectKind, str]:
        """Only defects of one bucket are ever matched."""
        return self.kind, self.family

    @property
    def exact_key(self) -> Key:
        """Equal for twins."""
        return self.scope.path, self.scope.name, self.exact, self.anchor, self.subject

    @property
    def form(self) -> Key:
        """Equal where two versions tell the same of a defect."""
        return (*self.exact_key, self.alpha, self.message, self.names)
