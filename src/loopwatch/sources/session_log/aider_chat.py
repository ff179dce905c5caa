"""Follows one Aider chat, line by line: who says what, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from loopwatch.sources.session_log.aider_edits import (
    FAILED,
    Changes,
    applied,
    partly_applied,
    proposed,
    undone,
    without_thoughts,
)
from loopwatch.sources.session_log.aider_lint import Lint
from loopwatch.sources.session_log.aider_words import (
    Typed,
    tokens_of,
    usd_of,
)
from loopwatch.sources.session_log.api import (
    Begin,
    Edit,
    Event,
    FileChange,
    Passed,
    Said,
    Usage,
)
from loopwatch.sources.session_log.commits import Commits
from loopwatch.sources.session_log.values import moment

HEADING = re.compile(r"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$")
OWN_END = "  "  # ends each line that Aider writes itself
TYPED = re.compile(r"####(?: (?P<text>.*))?$")
MODEL = re.compile(r"(?:Main model|Models?): (\S+) with .*edit format")
APPLIED = re.compile(r"Applied edit to (.+)")
COMMIT = re.compile(r"Commit ([0-9a-f]{7,40})\b")
BEFORE = re.compile(r"Committing (.+) before applying edits\.")
REMOVED = re.compile(r"Removed: ([0-9a-f]{7,40})\b")
CREATES = re.compile(r"Create new file\?.* (?:y|a|yes|all)$", re.IGNORECASE)
MISFIT = "The LLM did not conform to the edit format."
LAST_OF_COMPLAINT = re.compile(r"Just reply with fixed versions of the blocks? above")
MISFIT_PAGE = "https://aider.chat/"
NOT_APPLIED = "an edit that failed or was refused"
MOST_UNDONE = 20  # commits without a repository whose edits can still be taken back


def is_plain(text: str) -> bool:
    """Tell whether an editor has taken the spaces from the ends of a chat's lines.

    That shows in the lines that Aider begins with; in an untouched chat all of them have them.
    """
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if line.startswith(("> ", "#### "))), 0)
    run = takewhile(lambda line: line.startswith(("> ", "#### ")), lines[start:])
    return not all(line.removesuffix("\r").endswith(OWN_END) for line in run)


@dataclass(slots=True)
class Chat:
    """What is known at a line of the chat. Steps are numbers of lines, or ids of commits."""

    commits: Commits
    is_plain: bool  # lines have lost the spaces at their ends
    typed: Typed = field(default_factory=Typed)
    lint: Lint = field(default_factory=Lint)
    _number: int = 0  # of the line
    _model: str = ""
    _prompt: list[str] = field(default_factory=list)  # lines of what is being typed
    _prompt_at: int = 0  # the line where that begins
    _answer: list[str] = field(default_factory=list)
    _is_told: bool = False  # the answer is complete
    _paths: list[str] = field(default_factory=list)  # files that were edited
    _edit_at: int = 0  # the line that last told of one
    _created: set[str] = field(default_factory=set)
    _others: list[str] = field(default_factory=list)  # files that the user had changed
    _partly: Changes = ()  # edits that were made although others failed
    _complaint: list[str] | None = None  # lines about what failed
    _is_quoted: bool = False  # each line of the complaint has a mark
    _is_misfit: bool = False  # a complaint follows
    _last: str = ""  # what the program said last
    _is_after_own: bool = True  # the last line that says something is Aider's own
    _usage: Usage | None = None  # whose price may stand in the next line
    _done: dict[str, Changes] = field(default_factory=dict)  # by commit

    def take(self, line: str) -> Iterator[Event]:
        """Take in a line, without its end; yield what it tells."""
        self._number += 1
        line = line.removesuffix("\r")
        if self._complaint is not None and self._complains(line):
            return
        if heading := HEADING.match(line):
            yield from self.end()
            self.typed.began(moment(heading[1]), self.commits.zone)
            return
        if (typed := TYPED.match(line)) and self._is_own(line, typed["text"] or ""):
            said = typed["text"] or ""
            if self.is_plain and (said.startswith("/") or self._is_command()):
                yield from self._asked()
            if not self._prompt:
                yield from self._settle()
                self._prompt_at = self._number
            self._prompt.append(said)
            return
        if self.is_plain and self._prompt and not line.strip():
            return  # an editor has put empty lines between those of a prompt
        yield from self._asked()
        if self._is_console(line):
            yield from self._console(line[1:].strip())
            self._is_after_own = True
        elif line.strip() or self._answer:
            yield from self._text(line)

    def end(self) -> Iterator[Event]:
        """Yield what is left at the end."""
        self._end_complaint()
        yield from self._asked()
        yield from self._settle()
        yield from self._tell()
        yield from self.lint.end()

    def _is_own(self, line: str, text: str) -> bool:
        """Tell whether somebody typed a line; else it is a heading in an answer."""
        if self.is_plain:
            return bool(self._prompt) or self._is_after_own
        return line.endswith(OWN_END) and not text.startswith("#### ")

    def _is_command(self) -> bool:
        return bool(self._prompt) and self._prompt[0].startswith("/")

    def _is_console(self, line: str) -> bool:
        if line != ">" and not line.startswith("> "):
            return False
        is_own = self.is_plain or self._is_misfit or line.endswith(OWN_END)
        return is_own or line.startswith("> Tokens: ") or FAILED.match(line[2:]) is not None

    def _asked(self) -> Iterator[Event]:
        """Take in what was typed, now that it ends."""
        if self._prompt:
            said, self._prompt = "\n".join(self._prompt).strip(), []
            yield from self.typed.take(said, self._prompt_at, "\n".join(self._answer))
            self._forget_answer()
            self._is_after_own = True

    # --- what the model says ---

    def _text(self, line: str) -> Iterator[Event]:
        if self._usage is not None and line.startswith("Cost: $"):
            yield self.typed.priced(self._usage, usd_of(line))
            self._usage = None
            return
        if not line.strip():
            self._answer.append("")
            return
        yield from self.lint.end()
        if self._is_told:
            yield from self._settle()
            self._forget_answer()
        self._is_after_own = False
        self._answer.append(line)

    def _tell(self) -> Iterator[Event]:
        """Yield an answer that is complete."""
        if self._is_told:
            return
        said = "\n".join(self._answer).strip()
        if said:
            yield Said(text=without_thoughts(said))
        self._is_told = bool(said)

    def _forget_answer(self) -> None:
        self._answer, self._is_told = [], False

    # --- what the program says ---

    def _console(self, said: str) -> Iterator[Event]:
        last, self._last = self._last, said or self._last
        if self.lint.is_about(said):
            yield from self._settle()
            yield from self.lint.take(said, self._number)
            return
        if (usage := tokens_of(said, f"{self._number}", self._model)) is not None:
            self._usage = usage
            yield usage
            yield from self._tell()
        elif found := MODEL.match(said):
            self._model = found[1]
            yield Begin(model=self._model)
        elif CREATES.match(said):
            self._created.add(last)
        elif found := APPLIED.match(said):
            yield from self._tell()
            self._paths.append(found[1].strip())
            self._edit_at = self._number
        elif found := BEFORE.match(said):
            self._others.append(found[1])
        elif found := COMMIT.match(said):
            yield from self._changed_by_others(found[1]) if self._others else self._settle(found[1])
        elif found := REMOVED.match(said):
            yield from self._undo(found[1])
        elif said.startswith(MISFIT):
            yield from self._tell()
            self._is_misfit = True
        elif FAILED.match(said) or (self._is_misfit and not said.startswith(MISFIT_PAGE)):
            yield from self._tell()
            yield Passed(reason=NOT_APPLIED)
            self._complaint, self._is_misfit = [said], False
            self._is_quoted = FAILED.match(said) is None or last.startswith(MISFIT_PAGE)
        else:
            yield from self.typed.hear(said, self._number)

    def _complains(self, line: str) -> bool:
        """Take in a line about what failed; tell whether it is one."""
        assert self._complaint is not None
        is_first = len(self._complaint) == 1
        if is_first:
            self._is_quoted = line.startswith(">")
        is_other = line.startswith(("> Tokens: ", "> Only ")) or HEADING.match(line) is not None
        is_past = self._is_quoted and bool(line.strip()) and not line.startswith(">")
        if is_other or is_past or (self._is_quoted and line.startswith("> Applied edit")):
            self._end_complaint()
            return False
        if self._is_quoted and COMMIT.match(line[2:]):
            self._end_complaint()
            return False
        self._complaint.append(line[2:].strip() if self._is_quoted else line)
        is_last = line.endswith(OWN_END) and not self.is_plain
        if not self._is_quoted and (is_last or LAST_OF_COMPLAINT.match(line)):
            self._end_complaint()
        return True

    def _end_complaint(self) -> None:
        if self._complaint is None:
            return
        said, self._complaint = "\n".join(self._complaint), None
        self._partly = partly_applied(self._proposed(), said, self._created)
        self._forget_answer()
        self._edit_at = self._number
        self._is_after_own = True

    # --- edits ---

    def _proposed(self) -> Changes:
        return proposed(without_thoughts("\n".join(self._answer)))

    def _settle(self, commit: str = "") -> Iterator[Event]:
        """Yield the edit that the last lines tell of, if they do."""
        paths = list(dict.fromkeys(self._paths))
        files = self._partly
        if paths:
            files = applied(self._proposed(), paths, self._created)
        if not files:
            return
        self._paths, self._created, self._partly = [], set(), ()
        self._forget_answer()
        known, when = self.commits.get(commit), self.typed.start
        if known is not None:
            told = self.commits.files(known, {_plain(one.path) for one in files})
            there = {one.path for one in told}
            files = (*told, *(one for one in files if _plain(one.path) not in there))
            when = known.time
        self._remember(commit, files)
        step = known.id if known is not None else commit or f"{self._edit_at}"
        yield Edit(step=step, time=when, files=files)

    def _changed_by_others(self, commit: str) -> Iterator[Event]:
        """Tell of files that the user had changed; where contents are known, these show it."""
        files, self._others = tuple(FileChange(path=path) for path in self._others), []
        if self.commits.get(commit) is None:
            yield Edit(step=commit, time=self.typed.start, files=files)

    def _remember(self, commit: str, files: Changes) -> None:
        if commit:
            self._done[commit] = files
            if len(self._done) > MOST_UNDONE:
                del self._done[next(iter(self._done))]

    def _undo(self, commit: str) -> Iterator[Event]:
        """Yield what ``/undo`` does: the files are again as before the commit."""
        files = self._done.pop(commit, ())
        if files:
            yield Edit(step=f"{commit}^{self._number}", time=self.typed.start, files=undone(files))
        else:
            yield Passed(reason="missing: what was undone")


def _plain(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
