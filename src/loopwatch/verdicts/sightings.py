"""What the timelines of observed defects say, of one version and of several defects together."""

from collections.abc import Sequence

from loopwatch.model.defect import Presence, TrackedDefect

TEST = "test"  # the rule of every test


def is_test(defect: TrackedDefect) -> bool:
    """Tell whether a defect is a test that fails."""
    return defect.rule == TEST and not defect.is_implied


def state_at(defect: TrackedDefect, version: str) -> Presence | None:
    """Return what is known of a defect at a version; None: nothing."""
    return next((seen.state for seen in defect.timeline if seen.version == version), None)


def last_without(defects: Sequence[TrackedDefect]) -> str | None:
    """Return the newest version that is known to have none of the defects."""
    if not defects:
        return None
    absent = [
        [seen.version for seen in one.timeline if seen.state is Presence.ABSENT] for one in defects
    ]
    common = set(absent[0]).intersection(*absent[1:])
    return next((version for version in reversed(absent[0]) if version in common), None)
