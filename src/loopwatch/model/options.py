"""Choices of one run, as one value."""

from dataclasses import dataclass, field

from loopwatch.model.unit import Granularity

ALL_UNITS = frozenset({Granularity.TREE, Granularity.FILE, Granularity.SYMBOL, Granularity.SITE})

INSIDE = frozenset({Granularity.SYMBOL, Granularity.SITE})  # files are looked into for these


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to look at and where the windows of design §3 end."""

    units: frozenset[Granularity] = ALL_UNITS
    window_hours: int = 72  # of the larger of author and committer time
    window_edits: int = 30  # edits of the trajectory
    rollback_hunks: int = 8  # hunks of one edit that return together
    quiet: tuple[str, ...] = ()  # globs that never rise above note
    fix_patterns: tuple[str, ...] = ()  # regular expressions beside the built-in table
    revert_patterns: tuple[str, ...] = ()
    agents: tuple[tuple[str, str], ...] = ()  # name and e-mail address, beside the known ones
    is_agents_only: bool = False
    tells_notes: bool = True  # with hunks and advice; nothing is read for notes nobody sees
    tells_places: bool = False  # where the lines of each edit stand in the newest version
    keeps_notes: bool = False  # nobody sees them, but what they went through is asked for
    largest_file: int = 1_000_000  # bytes; larger files are followed by id only
    prices: tuple[str, ...] = ()  # of models, a line each, in place of the listed ones
    paths: tuple[str, ...] = field(default=())  # pathspecs
