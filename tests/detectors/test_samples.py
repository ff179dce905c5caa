"""What real output of each tool is read as."""

import pytest

from loopwatch.detectors import registry
from tests.detectors.samples import EVIDENCE, PATHS, Sample, load, render

SAMPLES = [load(path) for path in PATHS]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_evidence(sample: Sample, request: pytest.FixtureRequest) -> None:
    true = render(registry.read(sample.run))
    if request.config.getoption("--update-golden"):
        text = sample.path.read_bytes().decode("utf-8").partition(EVIDENCE)[0]
        sample.path.write_bytes((text + EVIDENCE + true).encode("utf-8"))
    else:
        assert sample.told == true, "run `python3 dev.py golden tests/detectors`?"
