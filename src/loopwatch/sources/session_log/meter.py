"""Tokens and dollars that a log tells as totals."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import Usage
from loopwatch.sources.session_log.values import Object, number, table, text

COUNTS = ("prompt_tokens", "cache_read_tokens", "cache_write_tokens", "completion_tokens")


@dataclass(slots=True)
class Meter:
    """Turns the totals of OpenHands, which only grow, into what each answer took."""

    _totals: dict[str, tuple[list[int], float]] = field(default_factory=dict)

    def take(self, message: str, metrics: Object, whose: str = "") -> Iterator[Usage]:
        """Yield what was spent since the totals were told last; nothing if that is nothing.

        Args:
            message: id of the answer.
            metrics: ``accumulated_token_usage`` and ``accumulated_cost``.
            whose: which of several meters this is.
        """
        used, cost = table(metrics.get("accumulated_token_usage")), metrics.get("accumulated_cost")
        counts = [number(used.get(name)) for name in COUNTS]
        dollars = float(cost) if isinstance(cost, int | float) and cost > 0 else 0.0
        last, paid = self._totals.get(whose, ([0] * len(COUNTS), 0.0))
        if any(now < before for now, before in zip(counts, last, strict=True)):
            last, paid = [0] * len(COUNTS), 0.0  # it began anew
        self._totals[whose] = (counts, dollars)
        asked, cached, kept, made = (now - before for now, before in zip(counts, last, strict=True))
        if any((asked, cached, kept, made)) or dollars > paid:
            yield Usage(
                message=message,
                model=text(metrics.get("model_name")) or text(used.get("model")),
                fresh=max(asked - cached - kept, 0),
                cached=cached,
                kept=kept,
                made=made,
                usd=max(dollars - paid, 0.0) if dollars else None,
            )


def answer_usage(message: str, model: str, usage: Object) -> Usage:
    """Return what one answer took, by the ``usage`` that an interface like OpenAI's tells."""
    cached = number(usage.get("cache_read_input_tokens"))
    cached = cached or number(table(usage.get("prompt_tokens_details")).get("cached_tokens"))
    kept = number(usage.get("cache_creation_input_tokens"))
    return Usage(
        message=message,
        model=model,
        fresh=max(number(usage.get("prompt_tokens")) - cached - kept, 0),
        cached=cached,
        kept=kept,
        made=number(usage.get("completion_tokens")),
    )
