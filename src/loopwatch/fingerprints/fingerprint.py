"""Fingerprints that people and files can hold: printable, versioned, the same everywhere.

A fingerprint says what a defect looked like once. It is no identity across versions:
that is the track (``tracks``), whose key is that of its first form.
"""

from loopwatch.diffing.digests import blake2b
from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.packing import raw
from loopwatch.model.evidence import DefectKind

VERSION = "lw1"  # a change to the recipe takes a new one
PART_BYTES = 6  # of each hashed part: 12 hex digits
KEY_BYTES = 6  # of a track's key, as in the report


def fingerprint(descriptor: Descriptor) -> str:
    """Return ``lw1:<family>:<scope>:<statement>:<anchor>[:<ordinal>]``.

    The path is in the hash of the scope. A test is told by its node id, so that its
    fingerprint does not change when its code does; what it lacks is left empty.
    """
    if descriptor.kind is DefectKind.TEST:
        parts = [descriptor.family, _hash(raw(descriptor.subject)), "", ""]
    else:
        scope = raw("\0".join(descriptor.scope.place))
        anchor = str(descriptor.anchor) if descriptor.anchor >= 0 else ""
        parts = [descriptor.family, _hash(scope), descriptor.alpha[:PART_BYTES].hex(), anchor]
    if descriptor.ordinal:
        parts.append(str(descriptor.ordinal))
    return ":".join([VERSION, *(part.replace(":", "_") for part in parts)])


def track_key(first: str, count: int = 0) -> str:
    """Return the 12 hex digits by which reports name a track; from its first form.

    Args:
        first: the fingerprint of the form in which the track was first seen.
        count: of tracks before it that began in an equal form.
    """
    text = first + (f"#{count}" if count else "")
    return blake2b(raw(text), digest_size=KEY_BYTES).hexdigest()


def _hash(text: bytes) -> str:
    return blake2b(text, digest_size=PART_BYTES).hexdigest()
