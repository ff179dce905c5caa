"""What a test may hang on, by what its file names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from loopwatch.graph.contents import FileContent
from loopwatch.graph.reaching import MOST_FILES, Reaching

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": "from shop.prices import total\n",
    "shop/prices.py": "def total(items):\n    return sum(items)\n",
    "shop/mail.py": "from shop.cart import Cart\n",
    "tests/conftest.py": "from shop import stock\n",
    "shop/stock.py": "x = 1\n",
    "other/conftest.py": "import dates\n",
    "shop/dates.py": "x = 2\n",
    "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_a():\n    assert Cart()\n",
    "tests/test_mail.py": "def test_b():\n    assert run(['-m', 'somebody'])\n",
}


@dataclass
class Files:
    """Stands for ``Texts``: the same files in every version."""

    texts: Mapping[str, str]
    read: list[bytes] = field(default_factory=list)

    def paths(self) -> set[bytes]:
        return {path.encode() for path in self.texts}

    def blob(self, path: bytes, version: int) -> bytes | None:
        del version
        return path if path.decode() in self.texts else None

    def at(self, path: bytes, version: int) -> FileContent | None:
        del version
        self.read.append(path)
        text = self.texts[path.decode()].encode()
        return FileContent(lines=tuple(text.split(b"\n")), size=len(text))


def may_turn(test: str, *changed: str, files: Mapping[str, str] = SHOP) -> bool:
    reaching = Reaching(Files(files))  # type: ignore[arg-type]
    return reaching.may_turn(test.encode(), [path.encode() for path in changed], (0, 1))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("shop/cart.py", True),  # it names it
        ("shop/prices.py", True),  # what it names does
        ("shop/mail.py", False),  # that names it, not the other way round
        ("shop/stock.py", True),  # its conftest does
        ("tests/conftest.py", True),
        ("shop/dates.py", False),  # the conftest of other tests does
        ("tests/test_cart.py", True),  # itself
        ("tests/test_mail.py", False),
        ("data/prices.csv", True),  # nobody can tell who reads it
        ("shop/fast.rs", True),
        ("shop/gone/cart.py", True),  # of that name, though it is not there any more
        ("shop/gone/ships.py", False),
    ],
)
def test_what_a_test_may_hang_on(changed: str, expected: bool) -> None:
    assert may_turn("tests/test_cart.py", changed) is expected


def test_one_file_that_it_may_hang_on_is_enough() -> None:
    assert may_turn("tests/test_cart.py", "shop/mail.py", "shop/prices.py")


def test_a_test_is_named_after_what_it_tests() -> None:
    assert may_turn("tests/test_mail.py", "shop/mail.py")
    assert not may_turn("tests/test_mail.py", "shop/dates.py")


@pytest.mark.parametrize("test", ["tests/test_gone.py", "cart_test.go"])
def test_of_a_test_that_cannot_be_read_nothing_is_said(test: str) -> None:
    assert may_turn(test, "shop/mail.py")


def test_of_a_test_that_hangs_on_very_much_nothing_is_said() -> None:
    many = {f"m{number}.py": f"import m{number + 1}\n" for number in range(MOST_FILES + 2)}
    files = {**many, "test_x.py": "import m0\n", "mail.py": ""}
    assert may_turn("test_x.py", "mail.py", files=files)
    few = {name: "" if name == "m9.py" else text for name, text in files.items()}
    assert not may_turn("test_x.py", "mail.py", files=few)


def test_files_are_read_once() -> None:
    files = Files(SHOP)
    reaching = Reaching(files)  # type: ignore[arg-type]
    for version in range(5):
        reaching.may_turn(b"tests/test_cart.py", [b"shop/mail.py"], (version, version + 1))
    assert len(files.read) == len(set(files.read))


@pytest.mark.parametrize("path", ["web/cart/index.ts", "web/cart.test.ts", "web/cart.js"])
def test_scripts_are_named_by_their_folder_or_file(path: str) -> None:
    files = {"web/a.test.ts": "import { f } from '../cart';\n", path: "", "web/b.ts": ""}
    assert may_turn("web/a.test.ts", path, files=files)
    assert not may_turn("web/a.test.ts", "web/b.ts", files=files)
