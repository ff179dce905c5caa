"""Prices of models: a dated list, and what the configuration says in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from loopwatch.model.price import Price, parse_price
from loopwatch.sources.session_log.api import Usage

FILE = "prices.txt"
# What may follow the name of a model without making it another one: a date, a mode.
SAME = re.compile(r"(?:[-@:](?:\d{6,}|latest|preview|codex|chat|thinking|exp|v\d)[\w.]*)*")
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Finds the price of a model by its name."""

    own: tuple[Price, ...] = ()  # of the configuration

    @classmethod
    def of(cls, lines: Iterable[str]) -> Prices:
        """Return the list with the lines of a configuration, which have been looked at."""
        return cls(tuple(map(parse_price, lines)))

    def __call__(self, usage: Usage) -> float | None:
        """Return what an answer cost, as the log says, or else by the list; None: not known."""
        if usage.usd is not None:
            return usage.usd
        price = _longest(usage.model, self.own) or _by_list(usage.model)
        if price is None:
            return None
        tokens = (usage.fresh, usage.made, usage.cached, usage.kept)
        each = (price.fresh, price.made, price.cached, price.kept)
        return sum(n * one for n, one in zip(tokens, each, strict=True)) / MILLION


def _longest(model: str, prices: Iterable[Price]) -> Price | None:
    """Return the price whose name fits best; a provider before a slash is left out."""
    name = model.rpartition("/")[2]
    fitting = [
        p for p in prices if name.startswith(p.model) and SAME.fullmatch(name[len(p.model) :])
    ]
    return max(fitting, key=lambda price: len(price.model), default=None)


@lru_cache(maxsize=100)
def _by_list(model: str) -> Price | None:
    return _longest(model, listed())


@cache
def listed() -> tuple[Price, ...]:
    """Return the prices of the list."""
    file = resources.files("loopwatch.sources.session_log").joinpath(FILE)
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(parse_price(line) for line in lines if line.strip() and line[0] != "#")
