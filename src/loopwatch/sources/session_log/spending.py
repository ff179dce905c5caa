"""What a session has spent by the time of each of its versions."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import Usage

Price = Callable[[Usage], float | None]  # US dollars of one answer; None: not known


def no_price(usage: Usage) -> float | None:
    """Return what the log itself says that an answer cost."""
    return usage.usd


@dataclass(slots=True)
class Spending:
    """Adds up answers of models; one that is told again replaces what was told of it."""

    price: Price = no_price
    models: dict[str, int] = field(default_factory=dict)  # tokens of each
    tokens: int = 0
    unpriced: set[str] = field(default_factory=set)  # models without a price
    _usd: float = 0.0
    _answers: dict[str, tuple[int, float]] = field(default_factory=dict)
    _tokens_at: array[int] = field(default_factory=lambda: array("q"))  # by version number
    _usd_at: array[float] = field(default_factory=lambda: array("d"))

    def take(self, usage: Usage) -> None:
        """Take in one answer."""
        tokens = usage.fresh + usage.cached + usage.kept + usage.made
        usd = self.price(usage)
        if usd is None and tokens:
            self.unpriced.add(usage.model)
        before = self._answers.get(usage.message, (0, 0.0))
        if usage.message:
            self._answers[usage.message] = (tokens, usd or 0.0)
        self.tokens += tokens - before[0]
        self._usd += (usd or 0.0) - before[1]
        if usage.model:
            self.models[usage.model] = self.models.get(usage.model, 0) + tokens - before[0]

    def note(self) -> None:
        """Note what is spent when a version begins."""
        self._tokens_at.append(self.tokens)
        self._usd_at.append(self._usd)

    def between(self, first: int, last: int) -> tuple[int | None, float | None]:
        """Return tokens and dollars that it took to make the versions from one to another."""
        if not self.tokens and not self._usd:
            return None, None
        before = first - 1
        tokens = self._tokens_at[last] - (self._tokens_at[before] if before >= 0 else 0)
        usd = self._usd_at[last] - (self._usd_at[before] if before >= 0 else 0.0)
        return tokens or None, self._dollars(usd)

    @property
    def usd(self) -> float | None:
        """Dollars of the whole session; None where a price is not known."""
        return self._dollars(self._usd)

    def _dollars(self, usd: float) -> float | None:
        return None if self.unpriced or not self._usd else round(usd, 4)
