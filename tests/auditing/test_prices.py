"""What models cost."""

import pytest

from loopwatch.model.price import parse_price
from loopwatch.sources.session_log.api import Usage
from loopwatch.sources.session_log.prices import Prices, listed


def usage(model: str, **tokens: int) -> Usage:
    return Usage(message="m", model=model, **tokens)


def test_a_dated_version_has_the_price_of_its_model() -> None:
    told = usage("claude-sonnet-4-5-20250929", fresh=100, made=44, cached=688_986, kept=31_432)
    assert Prices()(told) == pytest.approx(0.3255, abs=1e-3)


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("claude-opus-4-20250514", 15),
        ("claude-opus-4-5-20251101", 5),
        ("claude-opus-5", 5),
        ("claude-opus-5-5", 4),
        ("anthropic/claude-haiku-5-5", 0.1),
        ("gpt-5.1-codex-mini", 0.25),
        ("gpt-5.3-codex", 1.75),
        ("gpt-5.6-luna", 0.2),
        ("gemini-3.1-pro-preview", 2),
    ],
)
def test_the_line_that_fits_best_counts(model: str, dollars: float) -> None:
    assert Prices()(usage(model, fresh=10**6)) == dollars


@pytest.mark.parametrize(
    "model", ["claude-opus-5-99", "claude-opus-4-99", "gpt-5.99", "nobodys-model", ""]
)
def test_what_is_not_listed_has_no_price(model: str) -> None:
    assert Prices()(usage(model, fresh=1)) is None


def test_what_the_log_says_goes_first() -> None:
    told = Usage(message="m", model="gpt-5", fresh=1_000_000, usd=7.0)
    assert Prices()(told) == 7.0


def test_the_configuration_wins() -> None:
    prices = Prices.of(["gpt-5 2 20", "our-model 1 2 0.5 3"])
    assert prices(usage("gpt-5", fresh=1_000_000)) == 2
    four = usage("openai/our-model", fresh=10**6, made=10**6, cached=10**6, kept=10**6)
    assert prices(four) == 6.5


@pytest.mark.parametrize("line", ["", "x", "x 1", "x 1 y", "x 1 2 3 4 5", "x -1 2", "x nan 1"])
def test_no_price(line: str) -> None:
    with pytest.raises(ValueError, match="pric|float"):
        parse_price(line)


def test_each_model_is_listed_once() -> None:
    names = [price.model for price in listed()]
    assert len(names) == len(set(names)) > 20
