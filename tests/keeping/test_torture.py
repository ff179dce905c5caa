"""What `loopwatch record` has acknowledged survives, whatever else goes on.

Here with few processes; ``benchmarks/ledger_torture.py`` takes 200, and kills 50.
"""

import pytest

from tests.builders import Repo
from tests.keeping.torture import torture

RUNS, KILLS = 24, 8


@pytest.mark.timeout(240)
def test_nothing_that_was_acknowledged_is_lost(repo: Repo) -> None:
    repo.change("a.py", "a = 1\n", "feat: a")
    found = torture(repo.path, RUNS, KILLS)
    assert (found.lost, found.complaints, found.is_sound) == (0, (), True)
    assert found.killed == KILLS
    assert found.acknowledged >= found.runs - KILLS >= RUNS - KILLS
