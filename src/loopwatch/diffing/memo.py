"""Memos of bounded size."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Keeps what was used last: at least ``half``, at most twice ``half`` entries.

    Entries live in a young and an old generation. One that is used moves to
    the young; when the young is full it becomes the old, and what was old is
    forgotten. That costs less than an exact order of use.
    """

    def __init__(self, half: int) -> None:
        if half < 1:
            raise ValueError(f"need room for at least 1 entry, got {half}")
        self.half = half
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """Return what is kept under ``key``, and keep it longer."""
        value = self._young.get(key)
        if value is None and (value := self._old.pop(key, None)) is not None:
            self.put(key, value)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep ``value``, which is not None, under ``key``."""
        if len(self._young) >= self.half:
            self._old, self._young = self._young, {}
        self._young[key] = value


class Recent(Generic[K, V]):
    """Keeps values of very different sizes: those used last, as far as there is room.

    The last two are kept whatever their size: before and after an edit.
    """

    def __init__(self, most: int, room: int) -> None:
        """Make an empty memo.

        Args:
            most: how many values are kept.
            room: for the sizes of all of them together.
        """
        self._most = most
        self._room = room
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Return what is kept under ``key``, and keep it longer."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of that size under a key that has none."""
        self._kept[key] = value, size
        self._room -= size
        while len(self._kept) > self._most or (self._room < 0 and len(self._kept) > 2):
            self._room += self._kept.popitem(last=False)[1][1]
