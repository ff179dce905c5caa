"""Coverage: the quick word for all runs leaves out no file that one of them went through."""

from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.coverage import Reach, covers
from loopwatch.model.evidence import Evidence, Scope

PARTS = st.sampled_from(["a", "b", "ab", "a.py", "b.py"])
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
ENDS = st.sampled_from(["", "/", "*", "/*", "//"])
ROOTS = st.one_of(st.just(""), st.just("*"), st.builds("{}{}".format, PATHS, ENDS))


@given(st.lists(st.lists(ROOTS, max_size=2).map(tuple), max_size=3), st.one_of(st.none(), PATHS))
def test_what_is_covered_is_in_reach(roots: list[tuple[str, ...]], path: str | None) -> None:
    told = [Evidence(detector="lint", scope=Scope(roots=some)) for some in roots]
    if any(covers(one, path) for one in told):
        assert Reach.of(root for some in roots for root in some).may_cover(path)


def test_what_nobody_looked_at_is_out_of_reach() -> None:
    reach = Reach.of(("src/a.py", "lib", "x/*"))
    paths = ["src/a.py", "lib/b.py", "x/c.py", "src/b.py", "library.py", "xy.py", None]
    assert [reach.may_cover(path) for path in paths] == [True] * 3 + [False] * 4
