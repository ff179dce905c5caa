"""Reports that come and go together: the fan-out of one error, and equal twins."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.model.evidence import DefectKind


def fan_out(descriptors: Sequence[Descriptor]) -> tuple[tuple[int, ...], ...]:
    """Group the type errors of one version that say the same of the same names.

    A name that is misspelt once, or lost by one edit, is an error wherever it is used.

    Returns:
        Places in ``descriptors``, each in one group, in order of the first member. All
        that is no type error, or names nothing, is a group of its own.
    """
    return _groups(_cause(at, one) for at, one in enumerate(descriptors))


def twins(descriptors: Sequence[Descriptor]) -> tuple[tuple[int, ...], ...]:
    """Group the reports of one version that nothing but their order tells apart."""
    return _groups((one.bucket, one.exact_key) for one in descriptors)


def _cause(at: int, one: Descriptor) -> Hashable:
    if one.kind is not DefectKind.TYPE or not one.names:
        return at
    return one.family, one.message, one.names


def _groups(keys: Iterable[Hashable]) -> tuple[tuple[int, ...], ...]:
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        groups[key].append(at)
    return tuple(tuple(members) for members in groups.values())
