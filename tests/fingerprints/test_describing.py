"""What is kept of descriptions: just what would be made again, and only where that is certain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pytest

from loopwatch.fingerprints.cache import NO_CACHE, Cache, key_of, parts_of
from loopwatch.fingerprints.describing import DescribedFile, Describing
from loopwatch.fingerprints.descriptor import Descriptor, Part, ScopeForm
from loopwatch.fingerprints.descriptors import describe, rule_of
from loopwatch.fingerprints.packed_descriptors import packed, unpacked
from loopwatch.model.evidence import Defect, DefectKind, Span
from tests.fingerprints.reporting import lints

CODE = """\
import os


class Shop:
    def total(self, items):
        found = sum(item.price for item in items)
        if risky(found, "naïve"):
            log(found)
        return risky(found)


def other(x):
    return risky(x)
"""


@dataclass
class Kept:
    """A cache in memory, which counts."""

    rows: dict[bytes, bytes] = field(default_factory=dict)
    hits: int = 0

    def get(self, key: bytes) -> bytes | None:
        self.hits += key in self.rows
        return self.rows.get(key)

    def put(self, key: bytes, body: bytes) -> None:
        self.rows[key] = body


def unread() -> bytes:
    raise AssertionError("the file is read again")


def file_of(
    cache: Cache,
    content: Callable[[], bytes | None],
    path: str = "a.py",
    blob: bytes = b"1",
    language: str | None = "python",
) -> DescribedFile:
    return Describing(cache).file(blob, content, path, language)


def said() -> list[Defect]:
    """Return reports of all kinds on the code above."""
    found = lints(CODE, "risky")
    span = Span(start_line=7, end_line=8)
    return [
        *found,
        replace(found[0], message="'found' is wrong", marks=(("hash/v1", "ab"),)),
        replace(found[0], span=None, message="caf\udce9 'naïve'"),
        Defect(kind=DefectKind.SYNTAX, rule="syntax", message="broken", span=span),
        Defect(kind=DefectKind.TEST, rule="test", message="no", subject="a.py::Shop::total[1]"),
        Defect(kind=DefectKind.CRASH, rule="KeyError", message="'a'", frames=("a.py:total",)),
    ]


def test_descriptors_come_back_as_they_were() -> None:
    made = describe(said(), CODE.encode(), "a.py", "python")
    assert unpacked(packed(made), said(), rule_of) == made
    assert unpacked(packed(()), (), rule_of) == ()


def test_each_part_of_a_descriptor_comes_back() -> None:
    scope = ScopeForm(path="p", name="n", state=b"1", body=b"2", words=b"3")
    values: dict[str, Any] = {
        one.name: one.name if one.type in (str, "str") else one.name.encode()
        for one in fields(Descriptor)
    }
    values |= {"kind": DefectKind.LINT, "family": "X1", "scope": scope, "anchor": 4, "ordinal": 5}
    values |= {"names": ("a", "b"), "said": ("c",), "marks": (("k", "v"),), "part": Part.BLOCK}
    made = Descriptor(**values)
    usual = Descriptor(kind=DefectKind.LINT, family="", scope=scope, exact=b"", alpha=b"")
    same = {
        one.name
        for one in fields(Descriptor)
        if getattr(made, one.name) == getattr(usual, one.name)
    }
    assert same == {"kind", "scope"}  # none of the others can be forgotten unnoticed
    defect = Defect(kind=DefectKind.LINT, rule="X1", message="", marks=(("k", "v"),))
    assert unpacked(packed([made]), [defect], rule_of) == (made,)


@pytest.mark.parametrize(
    "body", [b"", b"[]\n", b"{}\n", b"[[1],[],[]]\n", b"null\n", b"\xff\n", b"[[],[],[1]]\n"]
)
def test_what_is_no_descriptor_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="descriptors|JSON|shorter|value|codec|unpack"):
        unpacked(body, lints(CODE, "risky"), rule_of)


def test_the_number_of_reports_has_to_fit() -> None:
    body = packed(describe(said(), CODE.encode(), "a.py", "python"))
    with pytest.raises(ValueError, match="zip"):
        unpacked(body, said()[1:], rule_of)


def test_what_was_described_is_not_read_again() -> None:
    cache = Kept()
    first = file_of(cache, CODE.encode)
    made = first.describe_all(said(), rule_of)
    assert first.defines("Shop.total")
    again = file_of(cache, unread)
    assert again.describe_all(said(), rule_of) == made
    assert again.defines("Shop.total")
    assert again.defines("")
    assert not again.defines("Shop.sum")
    assert again.scope("nothing") is None
    plain = file_of(NO_CACHE, CODE.encode)
    assert plain.describe_all(said(), rule_of) == made
    assert file_of(cache, CODE.encode).scope("other") == plain.scope("other")


def changed(one: Defect) -> Sequence[Defect]:
    """Return reports that each differ from one in one thing."""
    assert one.span is not None
    return [
        replace(one, kind=DefectKind.TYPE),
        replace(one, rule="X2"),
        replace(one, message="other"),
        replace(one, path="b.py"),
        replace(one, span=replace(one.span, start_column=1)),
        replace(one, span=replace(one.span, end_column=99)),
        replace(one, span=replace(one.span, end_line=9)),
        replace(one, span=None),
        replace(one, subject="s"),
        replace(one, reason="r"),
        replace(one, frames=("f",)),
        replace(one, marks=(("k", "v"),)),
    ]


def test_whatever_differs_is_described_by_itself() -> None:
    one = lints(CODE, "risky")[0]
    keys = {key_of(parts_of(each)) for each in (one, *changed(one))}
    assert len(keys) == 1 + len(changed(one))
    assert {name.name for name in fields(Defect)} == set(
        "kind rule message path span subject reason frames marks".split()
    )  # a new part has to be in the key as well
    cache = Kept()
    file_of(cache, CODE.encode).describe_all([one], rule_of)
    for other in (
        file_of(cache, CODE.encode, path="b.py"),
        file_of(cache, CODE.encode, blob=b"2"),
        file_of(cache, CODE.encode, language=None),
    ):
        other.describe_all([one], rule_of)
    file_of(cache, CODE.encode).describe_all([one], lambda _: "a family")
    assert cache.hits == 0


@pytest.mark.parametrize("language", ["python", None])
def test_what_cannot_be_read_is_not_kept(language: str | None) -> None:
    cache = Kept()
    missing = file_of(cache, lambda: None, language=language)
    missing.describe_all(lints(CODE, "risky"), rule_of)
    assert not missing.defines("")
    assert cache.rows == {}


def test_what_cannot_be_parsed_here_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loopwatch.fingerprints.describing.is_installed", lambda _: False)
    cache = Kept()
    file_of(cache, CODE.encode).describe_all(lints(CODE, "risky"), rule_of)
    assert cache.rows == {}


def test_a_row_that_means_nothing_is_made_anew() -> None:
    cache = Kept()
    made = file_of(cache, CODE.encode).describe_all(said(), rule_of)
    assert file_of(cache, CODE.encode).defines("other")
    rows = dict(cache.rows)
    cache.rows = dict.fromkeys(rows, b"[1]")
    broken = file_of(cache, CODE.encode)
    assert broken.describe_all(said(), rule_of) == made
    assert broken.defines("other")
    assert cache.rows == rows
