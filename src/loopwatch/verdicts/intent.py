"""What an edit means to do, as far as its message says.

The subject decides; of a merge, the title of its pull request and the name of
the branch that it brings in. Bodies are read for the commits that they name and
for nothing else: reading them for "fix" trebles the alarms.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from loopwatch.model.edit import Role
from loopwatch.model.version import Version
from loopwatch.verdicts import intent_words as words

LONGEST = 500  # characters of a subject that are read


@dataclass(frozen=True, slots=True)
class Intent:
    """What one edit means to do."""

    role: Role
    is_fix: bool  # it means to fix something
    is_admitted: bool  # it says that it takes something back: a change, or an earlier revert
    is_formatting: bool  # it says that it is lint, format or style and nothing else
    is_release: bool = False  # it makes a release, or begins the next


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """The parts of a commit message that tell its intent."""

    subject: str  # the first line
    title: str = ""  # of a merge: the title of its pull request
    names: tuple[str, ...] = ()  # commits that it says it reverts, as written
    reapplies: tuple[str, ...] = ()  # commits that it says it reapplies or picks, as written


OTHER = Intent(role=Role.OTHER, is_fix=False, is_admitted=False, is_formatting=False)
# ``git commit --fixup``: made to become one with an earlier commit, it may take back parts of it.
JOINED = Intent(role=Role.OTHER, is_fix=False, is_admitted=True, is_formatting=False)


def read_intent(
    version: Version,
    fix_patterns: tuple[str, ...] = (),
    revert_patterns: tuple[str, ...] = (),
) -> Intent:
    """Return what ``version`` means to do.

    Args:
        version: without a message yet (``subject`` is None) it means nothing.
        fix_patterns: regular expressions; a subject or title that holds one is a fix.
        revert_patterns: the same for a revert that says so.
    """
    spoken = OTHER
    if version.is_fix is not None:
        role = Role.FIX if version.is_fix else Role.OTHER
        spoken = Intent(role=role, is_fix=version.is_fix, is_admitted=False, is_formatting=False)
    elif version.subject is not None:
        spoken = _read(version.subject, version.title, fix_patterns, revert_patterns)
    if not (version.is_admitted or version.names) or spoken.is_admitted:
        return spoken
    return Intent(
        role=Role.REAPPLY if spoken.role is Role.REAPPLY else Role.REVERT,
        is_fix=spoken.is_fix,
        is_admitted=True,
        is_formatting=False,
    )


@lru_cache(maxsize=1 << 10)
def _read(subject: str, title: str, fixes: tuple[str, ...], reverts: tuple[str, ...]) -> Intent:
    merge = _MERGE.match(subject) if subject.startswith("Merge") else None
    if merge is None:
        return _read_text(subject, fixes, reverts)
    title, branch = title or merge["title"] or "", _branch_words(merge)
    found = _read_text(title, fixes, reverts) if title else OTHER
    if found != OTHER or not branch:
        return found
    told = _read_text(branch, fixes, reverts)
    is_typed = _Statement.of(title).types & words.OTHER_TYPES
    return OTHER if is_typed and not told.is_admitted else told


def _read_text(text: str, fixes: tuple[str, ...], reverts: tuple[str, ...]) -> Intent:
    """Return the intent of a subject, a title or the words of a branch."""
    if _TO_BE_JOINED.match(text):
        return JOINED
    said = _Statement.of(text[:LONGEST])
    is_again = said.reapplies()
    is_admitted = is_again or said.reverts() or _matches(reverts, text)
    is_fix = said.fixes(is_admitted) or _matches(fixes, text)
    if is_again or (not is_admitted and said.begins(words.PUT_BACK)):
        role = Role.REAPPLY
    elif is_admitted:
        role = Role.REVERT
    else:
        role = Role.FIX if is_fix else Role.OTHER
    is_formatting = not is_admitted and said.is_formatting()
    return Intent(
        role=role,
        is_fix=is_fix,
        is_admitted=is_admitted,
        is_formatting=is_formatting,
        is_release=not is_fix and said.is_release(),
    )


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a subject says, in lower case."""

    types: frozenset[str]  # what stands before it: ``fix``, ``docs``, ``reland`` of ``[reland]``
    text: str
    clauses: tuple[str, ...]

    @classmethod
    def of(cls, subject: str) -> "_Statement":
        """Part a subject into types, statement and clauses."""
        text = subject.lower().replace("’", "'")
        types: list[str] = []
        position = 0
        while match := words.HEAD.match(text, position):
            types.append(match["type"] or match["tag"] or "")
            position = match.end()
        rest = text[position:]
        signs = "" if text.isascii() else text[:position]  # a gitmoji says something, too
        return cls(frozenset(types), signs + rest, tuple(words.CLAUSE_END.split(rest)))

    def begins(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether a clause begins with ``pattern``."""
        return any(map(pattern.match, self.clauses))

    def reapplies(self) -> bool:
        """Tell whether it takes back an earlier revert, and says so."""
        return bool(
            self.types & words.REAPPLY_TYPES
            or words.REVERT_OF_REVERT.match(self.text)
            or self.begins(words.REAPPLY)
        )

    def reverts(self) -> bool:
        """Tell whether it says that it takes something back."""
        if self.types & words.REVERT_TYPES or self.text.startswith('revert "'):
            return True
        if self.types & words.FEATURE_TYPES:
            return False
        if self.begins(words.REVERT) or self.begins(words.REVERT_ABROAD):
            return True
        if "revert" in self.text and words.REVERT_ANYWHERE.search(self.text):
            return True
        return not self.text.isascii() and words.REVERT_SIGNS.search(self.text) is not None

    def fixes(self, is_admitted: bool) -> bool:
        """Tell whether it means to fix something."""
        if self.types & words.FIX_TYPES:
            return True
        if self.types & words.QUIET_TYPES:
            return False
        if is_admitted:  # of a revert only the reason, outside the subject that it quotes
            return words.REASON.search(words.QUOTED.sub("", self.text)) is not None
        if self.types & words.FEATURE_TYPES:
            return self.begins(words.FEATURE_FIX)
        return self._has_fix() and words.NOT_A_FIX.search(self.text) is None

    def _has_fix(self) -> bool:
        text = self.text
        if "fix" in text and words.FIX_WORD.search(text):
            return True
        if self.begins(words.CURE):
            return True
        if any(sign in text for sign in words.CURE_SIGNS) and words.CURE_ANYWHERE.search(text):
            return True
        return not text.isascii() and words.FIX_SIGNS.search(text) is not None

    def is_release(self) -> bool:
        """Tell whether it makes a release, or begins the next."""
        return bool(self.types & words.RELEASE_TYPES) or self.begins(words.RELEASE)

    def is_formatting(self) -> bool:
        """Tell whether it is about layout and style alone."""
        if self.types & words.STYLE_TYPES:
            return True
        if words.FORMAT_WORDS.isdisjoint(self.text.split()):  # most: quickly told
            return False
        told = frozenset(_PLAIN_WORD.findall(_FILE_NAME.sub("", self.text)))
        return told <= words.FORMAT_WORDS | words.FORMAT_FILLERS


_PLAIN_WORD = re.compile(r"[a-z][\w-]*")
_TO_BE_JOINED = re.compile(r"(?:fixup|squash|amend)! ")
_FILE_NAME = re.compile(r"[\w./*-]+\.[a-z]\w*|\(#\d+\)|`[^`]*`")


def _matches(patterns: tuple[str, ...], text: str) -> bool:
    return bool(patterns) and _joined(patterns).search(text) is not None


@lru_cache(maxsize=8)
def _joined(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# --- Messages ---

_SHA = r"[0-9a-f]{7,40}\b"
_SHAS = rf"((?:{_SHA}\.\.\.?)?{_SHA}(?:(?:\s|,|&|\band\b|[-*])+{_SHA})*)"
_NAMED = re.compile(
    rf"(?:^|\bthis\s+)(?:\w+ly\s+)?revert(?:s|ed)?:?(?:\s+(?:the\s+)?commits?)?[\s:\"'`*-]+{_SHAS}",
    re.IGNORECASE | re.MULTILINE,
)
_PICKED = re.compile(
    rf"(?:\((?:cherry[ -]picked|backported)\s+from(?:\s+commits?)?|(?:^|\bthis\s+)re-?"
    rf"(?:appl(?:y|ies)|lands?)(?:\s+(?:the\s+)?commits?)?)[\s:\"'`-]+{_SHAS}",
    re.IGNORECASE | re.MULTILINE,
)
_MAY_PICK = re.compile(r"picked|backported|eappl|e-appl|eland|e-land", re.IGNORECASE)
_RANGE = re.compile(rf"{_SHA}\.\.\.?(?={_SHA})")  # a..b: a itself is not reverted
_HEX = re.compile(_SHA)
# A squashed branch tells its commits as a list: one that it reverted on its way is its own.
_SQUASHED = re.compile(r"^\* ", re.MULTILINE)
_TAKES_BACK = re.compile(r"revert|roll|back|undo|re-?land|re-?appl", re.IGNORECASE)
_MERGE = re.compile(
    r"Merged PR #?\d+:\s*(?P<title>.*)|(?:Merge pull request #\d+ (?:from|in)\s+(?:\S+ from )?|"
    r"Merged in |Merge (?:remote-tracking )?branch(?:es)? |Merge (?=pull|remote|tag|commit|'))"
    r"'?(?P<branch>[^\s']*)'?(?P<pull> of \S+)?"  # a pull of the branch itself brings no new one
)
_HOSTED = re.compile(r"Merge pull request #|Merged in .*\(pull request #")
_NO_TITLE = re.compile(r"[A-Z]\w*(?:-\w+)+:\s|See merge request|Conflicts:|#|\* ")


def parse_message(message: str) -> ParsedMessage:
    """Return the parts of a commit message that tell what it means to do."""
    subject, _, body = message.lstrip("\n").partition("\n")
    told = message
    if not _TAKES_BACK.search(subject) and (squashed := _SQUASHED.search(body)):
        told = body[: squashed.start()]
    return ParsedMessage(
        subject=subject.strip(),
        title=_title(subject, body),
        names=_commits(_NAMED, told) if "evert" in told else (),
        reapplies=_commits(_PICKED, told) if _MAY_PICK.search(told) else (),
    )


def _commits(pattern: re.Pattern[str], message: str) -> tuple[str, ...]:
    """Return the commits that ``pattern`` finds named, each once, in their order."""
    lists = (_RANGE.sub("", found) for found in pattern.findall(message))
    return tuple(dict.fromkeys(name for names in lists for name in _HEX.findall(names)))


def _title(subject: str, body: str) -> str:
    """Return the title of the pull request that a merge closes, or an empty text."""
    if not subject.startswith("Merge"):
        return ""
    if not (_HOSTED.match(subject) or "See merge request" in body):
        return ""
    first = next((line.strip() for line in body.splitlines() if line.strip()), "")
    return "" if _NO_TITLE.match(first) else first


def _branch_words(merge: re.Match[str]) -> str:
    """Return what a branch's name says: ``me/fix-12-crash`` reads ``fix 12 crash``."""
    if not merge["branch"] or merge["pull"]:
        return ""
    parts = re.split(r"[/_:-]+", merge["branch"])
    telling = words.FIX_TYPES | words.REVERT_TYPES
    start = next((n for n, part in enumerate(parts) if part.lower() in telling), None)
    return "" if start is None else " ".join(parts[start:])
