"""Identity over a sequence: kept, gone, back."""

from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.fingerprint import fingerprint, track_key
from loopwatch.fingerprints.tracks import How, Link, Surroundings, Tracks
from loopwatch.model.defect import Grade
from tests.fingerprints.reporting import all_described, defined, described, failing

BODY = "def f(items):\n    found = risky(items, 3)\n    log(found)\n    return found\n"
STUB = "def f(items):\n    return None\n"


class Line:
    """A straight history; each version is a text."""

    def __init__(self) -> None:
        self.tracks = Tracks()
        self.present: list[tuple[int, Descriptor]] = []
        self.version = 0

    def step(self, text: str, needle: str = "risky") -> tuple[Link, ...]:
        """Go on to a version."""
        reported = all_described(text, needle)
        result = self.tracks.step(self.version, self.present, reported)
        self.present = [
            (link.track, form) for link, form in zip(result.links, reported, strict=True)
        ]
        self.version += 1
        return result.links


def test_a_defect_that_is_back_is_the_one_that_was_gone() -> None:
    line = Line()
    line.step(BODY)
    line.step(STUB)
    (link,) = line.step("import os\n\n\n" + BODY)
    assert (link.track, link.how, link.grade, link.left) == (0, How.RETURNED, Grade.CERTAIN, 1)


def test_a_defect_that_is_back_in_other_words_is_the_same() -> None:
    line = Line()
    line.step(BODY)
    line.step(STUB)
    renamed = BODY.replace("found", "result").replace("def f", "def g")
    (link,) = line.step(renamed)
    assert (link.track, link.how, link.grade) == (0, How.RETURNED, Grade.CERTAIN)


def test_a_defect_that_is_back_by_likeness_is_not_certain() -> None:
    line = Line()
    line.step(BODY)
    line.step(STUB)
    (link,) = line.step(BODY.replace("(items, 3)", "(items, 4)"))
    assert (link.track, link.how) == (0, How.RETURNED)
    assert link.grade is not Grade.CERTAIN


def test_a_track_that_is_present_does_not_return() -> None:
    line = Line()
    line.step(BODY)
    links = line.step(BODY + "\n\n" + BODY.replace("def f", "def g"))
    assert [(link.track, link.how) for link in links] == [(0, How.KEPT), (1, How.NEW)]


def test_what_may_be_present_elsewhere_does_not_return() -> None:
    tracks, one = Tracks(), all_described(BODY, "risky")
    tracks.step(0, (), one)
    tracks.step(1, [(0, one[0])], ())
    (link,) = tracks.step(2, (), one, is_elsewhere=lambda track: track == 0).links
    assert link.how is How.NEW


def test_a_departure_on_another_branch_is_not_seen() -> None:
    tracks, one = Tracks(), all_described(BODY, "risky")
    tracks.step(0, (), one)
    assert tracks.step(1, [(0, one[0])], ()).departed == (0,)
    hidden = tracks.step(2, (), one, sees=lambda at: at != 1)
    assert [link.how for link in hidden.links] == [How.NEW]
    seen = tracks.step(3, (), one, sees=lambda at: at != 2)
    assert [(link.track, link.how) for link in seen.links] == [(0, How.RETURNED)]


def test_the_first_form_is_never_forgotten() -> None:
    line = Line()
    for number in range(60):
        line.step(BODY.replace("3", str(number)))
    line.step(STUB)
    (link,) = line.step(BODY.replace("3", "0"))
    assert (link.track, link.grade) == (0, Grade.CERTAIN)


def test_of_two_that_left_each_comes_back_as_itself() -> None:
    other = BODY.replace("def f", "def g").replace("risky(items, 3)", "risky(items, key=order)")
    line = Line()
    line.step(BODY + "\n\n" + other)
    line.step(STUB + "\n\n" + STUB.replace("def f", "def g"))
    links = line.step(other + "\n\n" + BODY)
    assert [link.track for link in links] == [1, 0]


def test_a_foreign_defect_does_not_come_back() -> None:
    line = Line()
    line.step(BODY)
    line.step(STUB)
    (link,) = line.step(
        "def f(items):\n    for one in items.values():\n        risky.handle(one.name)\n"
    )
    assert link.how is How.NEW


def test_tests_return_by_their_node_id() -> None:
    tracks = Tracks()
    one = described("def test_a(): assert f()\n", [failing("a.py::test_a")])
    tracks.step(0, (), one)
    tracks.step(1, [(0, one[0])], ())
    again = described("def test_a(): assert g(1)\n", [failing("a.py::test_a", "other")])
    (link,) = tracks.step(2, (), again).links
    assert (link.track, link.grade) == (0, Grade.CERTAIN)


def test_fingerprints_are_the_same_everywhere() -> None:
    (one,) = all_described(BODY, "risky")
    assert fingerprint(one) == "lw1:X1:ec3b4c4845d5:7751fbd944ff:2"
    assert track_key(fingerprint(one)) != track_key(fingerprint(one), 1)
    test = described("", [failing("a.py::test_a[1]")])[0]
    assert fingerprint(test) == fingerprint(
        described("def test_a(x): pass\n", [failing("a.py::test_a[1]")])[0]
    )


def test_the_key_of_a_track_is_that_of_its_first_form() -> None:
    line = Line()
    line.step(BODY)
    key = line.tracks.key(0)
    line.step(BODY.replace("3", "4"))
    assert line.tracks.key(0) == key == track_key(fingerprint(line.tracks.first(0)))


def test_something_alike_elsewhere_is_not_back_while_its_place_stands() -> None:
    """What was mended in one file does not return in another one."""
    other = BODY.replace("def f", "def g").replace("(items, 3)", "(items, 4)")
    for text, how in ((other, How.RETURNED), (f"{STUB}\n\n{other}", How.NEW)):
        tracks, one = Tracks(), all_described(BODY, "risky")
        tracks.step(0, (), one)
        tracks.step(1, [(0, one[0])], ())
        around = Surroundings(standing=defined(text))
        (link,) = tracks.step(2, (), all_described(text, "risky"), around=around).links
        assert link.how is how


def test_a_few_words_that_many_have_do_not_return_in_another_function() -> None:
    """``except Exception:`` is everywhere; half of the function has to be back with it."""
    old = "def f(stream):\n    try:\n        stream.write(1)\n    except Exception:\n        pass\n"
    new = (
        "def g(keys, elements):\n    for one in keys:\n        try:\n"
        "            stream.write(list(map(one, elements)))\n        except Exception:\n"
        "            raise ValueError(f'not {one}') from None\n"
    )
    moved = "import os\n\n\n" + old.replace("def f", "def h")
    for text, how in ((new, How.NEW), (moved, How.RETURNED)):
        line = Line()
        line.step(old, "Exception")
        line.step("import os\n")
        (link,) = line.step(text, "Exception")
        assert link.how is how


def test_what_many_classes_have_in_just_the_same_words_is_not_certain_to_be_back() -> None:
    """The signature of ``__exit__`` in one class, and when that is gone in another one."""
    leave = "    def __exit__(self, kind, error, trace):\n        self.close()\n"
    longer = (
        "        for one in self.items:\n            one.note(kind, error)\n            one.end()\n"
        "        if error is not None and self.log:\n            self.log.write(str(error))\n"
        "        self.items.clear()\n        return self.is_quiet or kind is Stop\n"
    )
    for more, grade in (("", Grade.PROBABLE), (longer, Grade.CERTAIN)):
        line = Line()
        line.step(f"class First:\n{leave}{more}", "kind, ")
        line.step("x = 1\n", "kind, ")
        link = line.step(f"class Other:\n{leave}{more}", "kind, ")[0]
        assert (link.how, link.grade) == (How.RETURNED, grade)


def test_what_is_said_of_another_argument_is_not_back() -> None:
    """A header has many words, and of each one the same may be said."""
    head = "def f(self, proxy: Proxy, verify: Verify, {}: bool = True, limits: Limits = NONE):\n"
    body = "    return self.opened(proxy, verify, limits)\n"
    for word, how in (("http2", How.NEW), ("trust", How.RETURNED)):
        line = Line()
        line.step(head.format("trust") + body, "trust")
        line.step(head.replace("{}: bool = True, ", "") + body, "trust")
        (link,) = line.step(head.format(f"http1: Http, {word}") + body, word)
        assert link.how is how
