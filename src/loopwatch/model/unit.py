"""Units: what can return to an earlier state."""

from dataclasses import dataclass
from enum import StrEnum


class Granularity(StrEnum):
    """How large a unit is."""

    DEFECT = "defect"
    TREE = "tree"
    FILE = "file"
    SYMBOL = "symbol"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A tree, a file, a symbol or a site."""

    granularity: Granularity
    path: str | None = None
    symbol: str | None = None
