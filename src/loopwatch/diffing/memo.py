"""A memo of bounded size."""

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
