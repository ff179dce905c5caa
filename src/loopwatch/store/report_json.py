"""A report as compact JSON that gives the very same report back; for processes and for a cache.

What the user gets is another document, ``reports/json_doc``: it holds less, and is stable.
This one is only read by the same version of loopwatch that has written it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from loopwatch.model.report import Report

Decoder = Callable[[Any], Any]


def dumps(value: object) -> bytes:
    """Return a value that is made of dataclasses, enums, tuples, frozen sets and plain values."""
    return json.dumps(_plain(value), ensure_ascii=True, separators=(",", ":")).encode("ascii")


def loads(data: bytes) -> Report:
    """Return the report.

    Raises:
        ValueError: that is no report of this version of loopwatch.
    """
    try:
        report: Report = _decoder(Report)(json.loads(data))
    except (TypeError, RecursionError) as error:
        raise ValueError("no report of this version") from error
    return report


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    return value


@cache
def _decoder(hint: Any) -> Decoder:
    """Return what makes a value of a type out of plain ones, and refuses others."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        (known,) = (one for one in inner if one is not NoneType)
        decode = _decoder(known)
        return lambda value: None if value is None else decode(value)
    if origin is tuple:
        return _each(inner[0]) if inner[-1] is ... else _all(tuple(map(_decoder, inner)), tuple)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        names = [field.name for field in fields(hint)]
        made: Any = hint
        return _all(
            tuple(_decoder(hints[name]) for name in names),
            lambda values: made(**dict(zip(names, values, strict=True))),
        )
    if issubclass(hint, Enum):
        member: Decoder = hint
        return member
    return _one_of((float, int) if hint is float else (hint,))


def _each(hint: Any) -> Decoder:
    decode = _decoder(hint)
    return lambda values: tuple(map(decode, _list(values)))


def _all(decoders: tuple[Decoder, ...], made: Callable[[list[Any]], Any]) -> Decoder:
    def decoded(values: Any) -> Any:
        pairs = zip(decoders, _list(values), strict=True)
        return made([decode(value) for decode, value in pairs])

    return decoded


def _one_of(types: tuple[type, ...]) -> Decoder:
    def checked(value: Any) -> Any:
        if type(value) not in types:
            raise TypeError(f"expected {types}")
        return value

    return checked


def _list(values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise TypeError("expected a list")
    return values
