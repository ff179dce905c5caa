"""The words that are looked for before an output is searched: one stands in all that fits."""

import re
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwatch.detectors.asked import is_from
from tests.detectors.samples import PATHS, load

MODULES = (
    *("cargo_compiler", "cargo_tests", "eslint", "go_compiler", "go_tests", "jest", "mypy"),
    *("pyright", "pytest_console", "ruff", "tsc", "unittest_console", "vitest"),
)
SAMPLES = [load(path) for path in PATHS]


def made(name: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    module = import_module(f"loopwatch.detectors.{name}")
    return module._OUTPUT, module._SIGNS


@pytest.mark.parametrize("name", MODULES)
@settings(max_examples=50)
@given(data=st.data())
def test_no_output_that_fits_is_without_a_sign(name: str, data: st.DataObject) -> None:
    output, signs = made(name)
    text = data.draw(st.from_regex(output))
    assert any(sign in text for sign in signs)


@pytest.mark.parametrize("name", MODULES)
def test_signs_change_nothing(name: str) -> None:
    output, signs = made(name)
    for sample in SAMPLES:
        assert is_from(sample.run, (), output, signs) == is_from(sample.run, (), output, ("",))
