"""What the tokens of a model cost."""

from dataclasses import dataclass

FIELDS = 5  # of a line: model, then four prices, of which the last two may be missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars for a million tokens."""

    model: str  # its name, without the date of a version
    fresh: float  # input that was in no cache
    made: float  # output
    cached: float  # input read from a cache
    kept: float  # input written to a cache


def parse_price(line: str) -> Price:
    """Return the price that a line tells: "model input output [cached [kept]]".

    What is not told of a cache is priced as other input.

    Raises:
        ValueError: it is none.
    """
    words = line.split()
    if not 3 <= len(words) <= FIELDS:
        raise ValueError("a model and 2 to 4 prices")
    prices = [float(word) for word in words[1:]]
    if not all(0 <= price < 1_000_000 for price in prices):
        raise ValueError("prices are from 0 on, and no more than a million")
    fresh, made = prices[:2]
    cached = prices[2] if len(prices) > 2 else fresh
    kept = prices[3] if len(prices) > 3 else fresh
    return Price(model=words[0], fresh=fresh, made=made, cached=cached, kept=kept)
