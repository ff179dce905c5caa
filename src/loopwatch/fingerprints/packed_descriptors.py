"""Descriptors as bytes, and back.

A line of JSON holds texts and numbers; what is bytes follows it end to end, each piece once,
and is told by its place among the pieces.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

from loopwatch.fingerprints.descriptor import Descriptor, Part, ScopeForm
from loopwatch.model.evidence import Defect

END = b"\n"  # of the JSON, which holds none itself


def packed(descriptors: Iterable[Descriptor]) -> bytes:
    """Return descriptors as bytes, but for what the reports themselves say."""
    pieces: dict[bytes, int] = {}
    scopes: dict[ScopeForm, int] = {}

    def piece(text: bytes) -> int:
        return pieces.setdefault(text, len(pieces))

    rows = [
        [
            scopes.setdefault(one.scope, len(scopes)),
            one.anchor,
            one.ordinal,
            one.message,
            one.subject,
            one.names,
            one.said,
            one.part,
            *map(piece, _bytes_of(one)),
        ]
        for one in descriptors
    ]
    places = [
        [one.path, one.name, piece(one.state), piece(one.body), piece(one.words)] for one in scopes
    ]
    head = json.dumps([list(map(len, pieces)), places, rows], separators=(",", ":"))
    return head.encode() + END + b"".join(pieces)


def _bytes_of(one: Descriptor) -> Iterator[bytes]:
    yield from (one.exact, one.alpha, one.anchor_token, one.tokens, one.alphas, one.locals)
    yield from (one.before, one.after, one.ancestors)


def unpacked(
    body: bytes, defects: Sequence[Defect], family: Callable[[Defect], str]
) -> tuple[Descriptor, ...]:
    """Return the descriptors of some reports, of which ``packed`` made bytes.

    Raises:
        ValueError: these are not such bytes, or not of so many reports.
    """
    try:
        head, _, tail = body.partition(END)
        lengths, places, rows = json.loads(head)
        ends = accumulate(lengths, initial=0)
        pieces = [tail[start:end] for start, end in pairwise(ends)]
        scopes = [_scope(pieces, *place) for place in places]
        return tuple(
            _descriptor(defect, family(defect), scopes, pieces, row)
            for defect, row in zip(defects, rows, strict=True)
        )
    except (TypeError, IndexError, AttributeError) as error:
        raise ValueError("these are no descriptors") from error


def _scope(pieces: Sequence[bytes], path: str, name: str, *at: int) -> ScopeForm:
    state, body, words = at
    return ScopeForm(
        path=_text(path),
        name=_text(name),
        state=pieces[state],
        body=pieces[body],
        words=pieces[words],
    )


def _descriptor(
    defect: Defect,
    family: str,
    scopes: Sequence[ScopeForm],
    pieces: Sequence[bytes],
    row: Sequence[Any],
) -> Descriptor:
    scope, anchor, ordinal, message, subject, names, said, part, *at = row
    exact, alpha, anchor_token, tokens, alphas, locals_, before, after, ancestors = at
    return Descriptor(
        kind=defect.kind,
        family=family,
        scope=scopes[scope],
        exact=pieces[exact],
        alpha=pieces[alpha],
        anchor=anchor + 0,
        message=_text(message),
        names=tuple(map(_text, names)),
        subject=_text(subject),
        ordinal=ordinal + 0,
        part=Part(part),
        anchor_token=pieces[anchor_token],
        tokens=pieces[tokens],
        alphas=pieces[alphas],
        locals=pieces[locals_],
        said=tuple(map(_text, said)),
        before=pieces[before],
        after=pieces[after],
        ancestors=pieces[ancestors],
        marks=defect.marks,
    )


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
