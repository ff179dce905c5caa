"""One return with all that the rules ask of it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from loopwatch.diffing.bare_lines import meaningful, squeezed
from loopwatch.diffing.fragments import MECHANICAL, MOVES, Mark
from loopwatch.fingerprints.skips import skip_marks
from loopwatch.graph.returns import Return
from loopwatch.graph.topology import NONE
from loopwatch.graph.tracks import ABSENT
from loopwatch.graph.undoing import NEW_SHARE
from loopwatch.model.edit import Role
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.changes import Halves, different, leaving_hunk
from loopwatch.verdicts.context import Context
from loopwatch.verdicts.intent import Intent
from loopwatch.verdicts.quiet import is_version_line_change
from loopwatch.verdicts.quiet_names import is_test
from loopwatch.verdicts.removal import removed_by_name, stands_in

WHOLE_FIX_PLACES = 3  # of a fix, taken back at once
ENTRY = re.compile(
    rb"""\s*["']?[\w.-]+["']?\s*[:=]\s*
    (?:true|false|null|none|nil|undefined|-?\d[\w.]*|"[^"\\]*"|'[^'\\]*')\s*[,;]?\s*""",
    re.VERBOSE | re.IGNORECASE,
)
REBASED = 100  # versions that a rebase may have laid down since it laid down the same one


@dataclass(frozen=True)
class Shares:
    """How much of each earlier edit one version takes back; columns by the earlier version."""

    places: dict[int, list[int]]  # hunks that left code, mere insertions apart
    fixed_places: Counter[int]  # of a fix, taken back word for word
    of_file: dict[tuple[int, bytes], list[int]]  # hunks of a file, by the earlier edit and path
    lost_lines: Counter[int]  # of code, that had gone and are back
    different: dict[int, int] = field(default_factory=dict)  # places, equal changes counted once
    named: dict[int, bool] = field(default_factory=dict)  # the version names what of it goes

    @classmethod
    def of(cls, returns: Iterable[Return], context: Context) -> "Shares":
        """Sum up what returns at one version."""
        shares = cls({}, Counter(), {}, Counter())
        for found in returns:
            if found.granularity is Granularity.SITE and _may_be_loud(found, context):
                shares.add(found, context)
        return shares

    def add(self, found: Return, context: Context) -> None:
        """Count one site."""
        is_code, hunk = context.is_code(found.path), leaving_hunk(found)
        if hunk is None:
            return
        self.of_file.setdefault((found.left, found.path), []).append(hunk)
        if is_code and not found.is_insertion:
            self.places.setdefault(found.left, []).append(hunk)
        if is_code and found.is_deletion:
            self.lost_lines[found.left] += found.lines
        is_swap = not (found.is_insertion or found.is_deletion) and found.period == 2
        if is_swap and found.is_exact and context.intent(found.left).is_fix:
            self.fixed_places[found.left] += 1


def is_uncreated(found: Return) -> bool:
    """Tell whether a unit that the range created is gone again."""
    return found.visits[-1].state == ABSENT and found.visits[found.since].version == NONE


def _may_be_loud(found: Return, context: Context) -> bool:
    return not (
        found.is_arrival
        or found.marks & (MECHANICAL | MOVES)
        or context.quiet_reason(found.path)
        or context.intent(found.version).is_admitted
    )


@dataclass(frozen=True)
class Case:
    """A return, what else returns with it, and the versions around it."""

    found: Return
    shares: Shares
    context: Context

    @cached_property
    def hours(self) -> float:
        """Time from the edit that left the state to the return."""
        return self.context.hours(self.found.left, self.found.version)

    @cached_property
    def steps(self) -> tuple[Intent, ...]:
        """What the edits of this turn mean to do, from the one that left the state."""
        return tuple(map(self.context.intent, self.found.steps))

    @property
    def is_soon(self) -> bool:
        """Tell whether the state was left within the window."""
        return self.hours <= self.context.options.window_hours

    @property
    def is_unsaid(self) -> bool:
        """Tell whether the return has no message yet, which could convict or excuse it."""
        return self.context.at(self.found.version).subject is None

    @property
    def is_admitted(self) -> bool:
        """Tell whether an edit of this turn says that it takes something back."""
        return any(step.is_admitted for step in self.steps)

    @property
    def is_same_place(self) -> bool:
        """Tell whether all hunks of a site changed one place among entries.

        In code, the same change to and fro at two places is the same change of mind, unless it is
        a value that many names may have: ``default: true``.
        """
        hunks = self.found.hunks
        if len(hunks) < 2 or (self.is_code and not self._is_of_entries):
            return True
        return self.context.is_same_place(hunks)

    @property
    def late_marks(self) -> Mark:
        """Return what makes a return mean less, as far as it takes reading edits again."""
        if self._is_late_move:
            return MOVES
        return Mark.NUMBERS if self._is_counter else self._marks_within

    @property
    def _is_late_move(self) -> bool:
        """Tell whether a hunk of a site's turn is a move, which takes reading a whole merge."""
        found = self.found
        return any(map(self.context.is_late_move, found.hunks[-found.period :]))

    @property
    def _marks_within(self) -> Mark:
        """Return what makes some hunks of a site's turn mean less, and others not.

        All that returns is what they have in common: a comment, if one of them is nothing else.
        """
        found = self.found
        if found.is_exact:
            return Mark.NOTHING  # the marks of one are those of all
        marks = [self.context.marks(hunk) & MECHANICAL for hunk in found.hunks[-found.period :]]
        return Mark.NOTHING if all(marks) else max(marks, default=Mark.NOTHING)

    @property
    def _is_counter(self) -> bool:
        """Tell whether all hunks of a site's turn change version numbers and counters only.

        Of what returns that is told before; a merge that drops it need not touch the line.
        """
        found = self.found
        hunks = found.hunks[:1] if found.is_dropped else found.hunks[-found.period :]
        read = [halves for hunk in hunks if (halves := self.context.halves(hunk))]
        path = found.path.decode("utf-8", "surrogateescape")
        return bool(read) and all(
            is_version_line_change(path, *map(_text, halves)) for halves in read
        )

    @property
    def _is_of_entries(self) -> bool:
        lines = [line for halves in self._read() for half in halves for line in half]
        return bool(lines) and all(map(ENTRY.fullmatch, lines))

    @property
    def is_replay(self) -> bool:
        """Tell whether a rebase has laid the same commits down twice.

        What is picked anew, when it was lost, is another thing: the edit that lost it was made
        where it stands.
        """
        at, topology = self.context.at, self.context.topology
        steps = [at(version) for version in self.found.steps]
        if self.is_session or not all(step.authored < step.committed for step in steps):
            return False
        own = steps[-1]
        earlier = map(at, islice(topology.ancestors(self.found.version), REBASED))
        return any((one.authored, one.subject) == (own.authored, own.subject) for one in earlier)

    @property
    def is_release(self) -> bool:
        """Tell whether it is no code, and all edits of the run make a release or go on after it."""
        if self.is_code:
            return False
        last = self.context.intent(self.found.version)
        if not (last.is_release or last.is_admitted):
            return False
        versions = {visit.version for visit in self.found.visits[1:]}
        intents = [self.context.intent(version) for version in sorted(versions) if version >= 0]
        is_part = (intent.is_release or intent.is_admitted for intent in intents)
        return any(intent.is_release for intent in intents) and all(is_part)

    @cached_property
    def is_said(self) -> bool:
        """Tell whether the edit that returns says that it takes back, or what it removes."""
        return self.is_admitted or self._names_what_goes()

    def _names_what_goes(self) -> bool:
        version = self.context.at(self.found.version)
        named = removed_by_name(version.title or version.subject or "")
        if not named:
            return False
        if self._is_any_of(named, self._hunks()):
            return True
        left, known = self.found.left, self.shares.named
        if left not in known:  # whoever names one place of an edit knows of the whole edit
            same = (hunks for key, hunks in self.shares.of_file.items() if key[0] == left)
            known[left] = self._is_any_of(named, chain.from_iterable(same))
        return known[left]

    def _is_any_of(self, named: frozenset[str], hunks: Iterable[int]) -> bool:
        """Tell whether one of some names stands in what these hunks had brought in."""
        read = map(self.context.halves, hunks)
        return any(stands_in(named, halves[1]) for halves in read if halves)

    def _hunks(self) -> Sequence[int]:
        """Return the hunks by which the state was left; of a symbol, those of its file."""
        hunk = leaving_hunk(self.found)
        if hunk is not None:
            return (hunk,)
        return self.shares.of_file.get((self.found.left, self.found.path), ())

    def _read(self) -> list[Halves]:
        """Return the lines of those hunks, as far as can still be told."""
        return [halves for hunk in self._hunks() if (halves := self.context.halves(hunk))]

    def places(self) -> int:
        """Return how many places of code, that the same edit had left, return with this one."""
        return len(self.shares.places.get(self.found.left, ()))

    def different_places(self) -> int:
        """Return how many of them were changed in different ways."""
        left, known = self.found.left, self.shares.different
        if left not in known:  # asked for each of the places
            known[left] = different(self.shares.places.get(left, ()), self.context.halves)
        return known[left]

    @property
    def is_whole_fix(self) -> bool:
        """Tell whether a fix is taken back in several places."""
        return self.shares.fixed_places[self.found.left] >= WHOLE_FIX_PLACES

    @property
    def is_merge(self) -> bool:
        """Tell whether the version that returns is a merge, or says that it is."""
        version, parents = self.found.version, self.context.topology.other_parents
        subject = self.context.at(version).subject or ""
        return version in parents or subject.lower().startswith("merge")

    @property
    def is_put_back(self) -> bool:
        """Tell whether the edit that returns means to mend, or says that it puts back."""
        last = self.steps[-1]
        return last.is_fix or last.role is Role.REAPPLY

    @property
    def is_session(self) -> bool:
        """Tell whether it happened in a session, where each edit is a version."""
        return self.context.at(self.found.version).turn is not None

    @property
    def is_one_turn(self) -> bool:
        """Tell whether it all happened in a session, under one prompt."""
        turns = {self.context.at(version).turn for version in self.found.steps}
        return len(turns) == 1 and None not in turns

    @property
    def is_all_fixes(self) -> bool:
        """Tell whether every edit of this turn means to fix something, and admits no revert."""
        return all(step.is_fix and not step.is_admitted for step in self.steps)

    @property
    def is_swap(self) -> bool:
        """Tell whether both states have something to show: none is the lack of the other."""
        found = self.found
        return not (found.is_insertion or found.is_deletion or found.is_absence)

    @property
    def is_plain_swap(self) -> bool:
        """Tell whether two edits, and none in between, put one thing for another and back.

        Word for word that is plain, whatever they say; else the second must not say that it
        takes out what the first had put in.
        """
        found = self.found
        if found.granularity is Granularity.FILE or not self.is_swap or len(self.steps) != 2:
            return False
        is_exact_site = found.granularity is Granularity.SITE and found.is_exact
        return is_exact_site or not (self.is_said or self._is_addition)

    @property
    def is_added_test(self) -> bool:
        """Tell whether the edit that left the state only added to a test.

        Tests come and go with what they test, and that tells more.
        """
        return self._is_test and self._is_addition

    @property
    def is_next_to_nothing_new(self) -> bool:
        """Tell whether the edit that returns puts in next to nothing but what had been there."""
        hunks = leaving_hunk(self.found), *self.found.hunks[-1:]
        read = [self.context.halves(hunk) for hunk in hunks if hunk is not None]
        if len(read) < 2 or None in read:
            return False
        (was, _), (goes, comes) = (halves for halves in read if halves)
        new = set(meaningful(map(squeezed, comes))) - set(map(squeezed, (*was, *goes)))
        return len(new) <= NEW_SHARE * len(set(meaningful(map(squeezed, goes))))

    @property
    def is_written_anew(self) -> bool:
        """Tell whether most of what a fix brought into the file, and goes, is put in other words.

        So the fix goes on. What it had changed or taken out, and is back word for word, is no
        such thing: the rest of the file is no excuse for that.
        """
        found = self.found
        if found.is_exact and not found.is_insertion:
            return False
        return self.context.is_written_anew(found.path, found.left, found.version)

    @property
    def is_run_again(self) -> bool:
        """Tell whether the edit that left the state did no more than to switch tests off."""
        if not self._is_test:
            return False
        return bool(read := self._read()) and all(
            _skips(after) > _skips(before) for before, after in read
        )

    @property
    def is_added_trace(self) -> bool:
        """Tell whether the edit that left the state only added lines that print or log."""
        return bool(self.found.trace) and self._is_addition

    @property
    def _is_test(self) -> bool:
        return is_test(self.found.path.decode("utf-8", "surrogateescape"))

    @property
    def _is_addition(self) -> bool:
        hunks = self._hunks()
        read = (self.context.halves(hunk) for hunk in hunks)
        return bool(hunks) and all(halves and not b"".join(halves[0]).strip() for halves in read)

    @property
    def is_code(self) -> bool:
        """Tell whether the file is in a programming language."""
        return self.context.is_code(self.found.path)

    @property
    def is_most_of_it(self) -> bool:
        """Tell whether most of what the edit that left the state did to the file is taken back."""
        found = self.found
        if found.granularity is not Granularity.SITE:
            return True
        return 2 * len(self.shares.of_file.get((found.left, found.path), ())) >= found.siblings

    @property
    def span(self) -> str:
        """The time from leaving to returning, in words."""
        if self.hours < 2:
            minutes = max(round(self.hours * 60), 1)
            return "a minute" if minutes == 1 else f"{minutes} minutes"
        return f"{self.hours:.0f} hours" if self.hours < 48 else f"{self.hours / 24:.0f} days"


def _skips(lines: Sequence[bytes]) -> int:
    return skip_marks("\n".join(_text(lines)))


def _text(lines: Sequence[bytes]) -> list[str]:
    return [line.decode("utf-8", "replace") for line in lines]
