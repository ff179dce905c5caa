"""Symbols and states: what makes them equal, what makes them differ, and that reading is pure."""

import pytest

from loopwatch.diffing.more_grammars import EXTRA
from loopwatch.diffing.syntax import FileSyntax, SyntaxReader

NO_STATE = b"\0" * 16


def read(language: str, text: str | bytes) -> FileSyntax:
    content = text.encode() if isinstance(text, str) else text
    file = SyntaxReader().read("a", language, content)
    assert file is not None
    return file


def is_same(language: str, one: str, other: str) -> tuple[bool, bool]:
    """Return whether the token states and the shape states of two files are equal."""
    first, second = read(language, one), read(language, other)
    tokens = first.token_state == second.token_state
    shapes = first.shape_state == second.shape_state
    for before, after in zip(first.symbols, second.symbols, strict=True):
        tokens &= before.token_state == after.token_state
        shapes &= before.shape_state == after.shape_state
    return tokens, shapes


LAYOUT = [
    ("python", "def f(a):\n  return a\n", "def f( a ) :  # why\n\n    # more\n    return a\n"),
    ("python", "def f():\n    g(a, b)\n", "def f():\n    g(\n        a,\n        b,\n    )\n"),
    ("python", "x = 'a'\n", 'x = "a"\n'),
    ("python", "x = 1; y = 2\n", "x = 1\ny = 2\n"),
    ("python", "x = 1 + \\\n  2\n", "x = 1 + 2\n"),
    ("python", "x = (1,\n  2,\n)\n", "x = (1, 2)\n"),
    ("python", "def f():\n    pass\n", "def f():\r\n    pass\r\n"),
    ("python", "x = 1\n", "\ufeffx = 1\n"),
    ("javascript", "function f(a) { return 'x' }", 'function f(a) {\n  return "x"; // why\n}\n'),
    ("javascript", "f(a, b)", "f(\n  a, /* why */\n  b,\n);"),
    (
        "tsx",
        "const A = () => <b>x y</b>;",
        "const A = () => (\n<b>\n  x\n  y\n</b>\n)".replace("(\n<", "<").replace(">\n)", ">"),
    ),
    (
        "typescript",
        "interface A { b: string; c: number }",
        "interface A {\n  b: string\n  c: number\n}",
    ),
    (
        "go",
        "package p\nfunc f() { a(); b() }",
        "package p\n\nfunc f() {\n\ta()\n\n\tb() // why\n}\n",
    ),
    ("go", "package p\nvar x = []int{1, 2}", "package p\nvar x = []int{\n1,\n2,\n}\n"),
    (
        "rust",
        "fn f() { g(1, 2) }",
        "fn f() {\n    // why\n    g(\n        1,\n        2,\n    )\n}\n",
    ),
    (
        "java",
        "class A { void f() { g(1); } }",
        "class A {\n  /** why */\n  void f() {\n    g(1);\n  }\n}\n",
    ),
]


@pytest.mark.parametrize(("language", "one", "other"), LAYOUT)
def test_layout_and_comments_leave_the_state_as_it_is(language: str, one: str, other: str) -> None:
    assert is_same(language, one, other) == (True, True)


OTHER_LAYOUT = [
    ("bash", "f() { a; b; }", "f() {\n  a # why\n  b\n}\n"),
    ("c", "int f() { return g(1); }", "int f()\n{\n  return g(1); // why\n}\n"),
    ("ruby", "def f(a); g(a); end", "def f(a)\n  # why\n  g(a)\nend\n"),
    ("php", "<?php function f() { g(1); }", "<?php\nfunction f()\n{\n    g(1); // why\n}\n"),
    ("kotlin", "fun f() { g(1) }", "fun f() {\n    g(1) // why\n}\n"),
    ("swift", "func f() { g(1) }", "func f() {\n    g(1) // why\n}\n"),
    ("lua", "function f() g(1); end", "function f()\n  g(1) -- why\nend\n"),
    ("elixir", "def f(a) do\n a\nend", "def f(a) do\n  # why\n  a\nend\n"),
]


@pytest.mark.parametrize(("language", "one", "other"), OTHER_LAYOUT)
def test_layout_means_nothing_in_other_languages(language: str, one: str, other: str) -> None:
    pytest.importorskip(EXTRA[language].module)
    assert is_same(language, one, other) == (True, True)


CHANGES = [
    ("python", "def f():\n  if a:\n    b()\n    c()\n", "def f():\n  if a:\n    b()\n  c()\n"),
    ("python", "def f():\n    return\n    x\n", "def f():\n    return x\n"),
    ("python", "a = b\n-c\n", "a = b - c\n"),
    ("python", "x = (1,)\n", "x = (1)\n"),
    ("python", "x = a[1,]\n", "x = a[1]\n"),
    ("python", 'x = "a\\n b"\n', 'x = "a\\n c"\n'),
    ("python", 'x = f"{a:>10}"\n', 'x = f"{a:<10}"\n'),
    ("python", "x = 'a b'\n", "x = 'ab'\n"),
    ("python", 'def f():\n    """One."""\n', 'def f():\n    """Two."""\n'),
    ("python", "@cached\ndef f(): pass\n", "@lru\ndef f(): pass\n"),
    ("javascript", "function f() { return\nx }", "function f() { return x }"),
    ("javascript", "a = [1,,]", "a = [1,]"),
    ("javascript", "if (a) { b() }\nc()", "if (a) { b()\nc() }"),
    ("javascript", "x = `a b`", "x = `ab`"),
    ("tsx", "const A = () => <b>x y</b>", "const A = () => <b>x z</b>"),
    (
        "go",
        "package p\nfunc f() { if a { b(); c() } }",
        "package p\nfunc f() { if a { b() }; c() }",
    ),
    ("rust", "fn f() -> i32 { 1 }", "fn f() -> i32 { 1; }"),
    ("rust", "fn f() { g((1,)) }", "fn f() { g((1)) }"),
    ("rust", 'fn f() { g("a") }', 'fn f() { g(b"a") }'),
    ("rust", 'fn f() { g(r"a") }', 'fn f() { g(r"b") }'),
    ("rust", "#[test]\nfn f() {}", "#[ignore]\nfn f() {}"),
    ("java", 'class A { String s = "a"; }', 'class A { String s = "b"; }'),
]


@pytest.mark.parametrize(("language", "one", "other"), CHANGES)
def test_what_means_something_changes_the_state(language: str, one: str, other: str) -> None:
    first, second = read(language, one), read(language, other)
    assert first.token_state != second.token_state
    assert first.shape_state != second.shape_state
    for before, after in zip(first.symbols, second.symbols, strict=True):
        assert before.token_state != after.token_state


RENAMED_LOCALS = [
    (
        "python",
        "def f(a, *b, c=1):\n  for d in a: d(b, c)\n",
        "def f(x, *y, z=1):\n  for w in x: w(y, z)\n",
    ),
    (
        "python",
        "def f(a):\n  with a as (b, c): return b.a\n",
        "def f(d):\n  with d as (e, g): return e.a\n",
    ),
    (
        "python",
        "def f():\n  a = 1\n  return lambda b: a + b\n",
        "def f():\n  x = 1\n  return lambda y: x + y\n",
    ),
    (
        "python",
        "def f():\n  if A:\n    x = 1\n  return x\n",
        "def f():\n  if A:\n    y = 1\n  return y\n",
    ),
    (
        "python",
        "def f():\n  try: pass\n  except E as e: raise e\n",
        "def f():\n  try: pass\n  except E as x: raise x\n",
    ),
    (
        "javascript",
        "function f(a, {b: c}, ...d) { let e = a(c); return d(e) }",
        "function f(v, {b: w}, ...x) { let y = v(w); return x(y) }",
    ),
    ("javascript", "const f = (a) => g((b) => a + b)", "const f = (x) => g((y) => x + y)"),
    (
        "javascript",
        "function f(a) { for (const b of a) { try {} catch (e) { b(e) } } }",
        "function f(x) { for (const y of x) { try {} catch (z) { y(z) } } }",
    ),
    (
        "typescript",
        "function f(a: A, b?: B) { return a(b) }",
        "function f(x: A, y?: B) { return x(y) }",
    ),
    (
        "go",
        "package p\nfunc (r *T) f(a int) (b int) { c, d := g(a); for i, k := "
        "range c { h(i, k, d, r.x) }; return b }",
        "package p\nfunc (q *T) f(e int) (m int) { n, o := g(e); for s, t := "
        "range n { h(s, t, o, q.x) }; return m }",
    ),
    (
        "rust",
        "fn f(a: A, (b, c): B) { let Some(d) = a else { return }; match b { "
        "Some(e) => e + c, _ => d } }",
        "fn f(v: A, (w, x): B) { let Some(y) = v else { return }; match w { "
        "Some(z) => z + x, _ => y } }",
    ),
    (
        "java",
        "class A { int f(int a) { int b = a; for (int c : d) { e(c, b); } return b; } }",
        "class A { int f(int x) { int y = x; for (int z : d) { e(z, y); } return y; } }",
    ),
]


@pytest.mark.parametrize(("language", "one", "other"), RENAMED_LOCALS)
def test_the_names_of_locals_leave_the_shape_as_it_is(language: str, one: str, other: str) -> None:
    assert is_same(language, one, other) == (False, True)


RENAMED_OTHERS = [
    ("python", "def f(a):\n  return a.b\n", "def f(a):\n  return a.c\n"),
    ("python", "def f(a):\n  return g(a)\n", "def f(a):\n  return h(a)\n"),
    ("python", "def f(a):\n  g(k=a)\n", "def f(a):\n  g(j=a)\n"),
    ("python", "def f():\n  global a\n  a = 1\n", "def f():\n  global b\n  b = 1\n"),
    ("python", "def f(a, b):\n  return a - b\n", "def f(a, b):\n  return b - a\n"),
    ("python", "def f(a):\n  return a + b\n", "def f(a):\n  return a + a\n"),
    ("python", "def f(a, b):\n  def g(): return a\n", "def f(a, b):\n  def g(): return b\n"),
    ("python", "class A:\n  x = 1\n", "class A:\n  y = 1\n"),
    ("javascript", "function f({a}) { return a }", "function f({b}) { return b }"),
    ("javascript", "function f(a) { return {a} }", "function f(b) { return {b} }"),
    ("javascript", "function f(a) { return a.b }", "function f(a) { return a.c }"),
    ("go", "package p\nfunc f(a T) { a.b() }", "package p\nfunc f(a T) { a.c() }"),
    ("rust", "fn f(a: A) { a.b() }", "fn f(a: A) { a.c() }"),
    ("rust", "fn f(a: A) { g(a) }", "fn f(a: A) { h(a) }"),
    ("java", "class A { int f(B a) { return a.b; } }", "class A { int f(B a) { return a.c; } }"),
    (
        "java",
        "class A { int f(B a) { return a.b(); } }",
        "class A { int f(B a) { return a.c(); } }",
    ),
]


@pytest.mark.parametrize(("language", "one", "other"), RENAMED_OTHERS)
def test_other_names_change_the_shape(language: str, one: str, other: str) -> None:
    assert is_same(language, one, other) == (False, False)


@pytest.mark.parametrize("nested", ["class K:\n  def m(self):\n    {}\n", "if a:\n  {}\n", "{}\n"])
def test_a_symbol_keeps_its_states_where_it_moves(nested: str) -> None:
    inner = "def f(a):\n      return a + there  # a note that makes it long enough for the memo"
    alone = read("python", inner).symbols[-1]
    moved = read("python", "import x\n" + nested.format(inner)).symbols[-1]
    assert (moved.token_state, moved.shape_state) == (alone.token_state, alone.shape_state)


def test_lines_are_right_for_what_was_met_before() -> None:
    reader, body = SyntaxReader(), "@cached\ndef f(a):\n    # why\n    return a + some_name\n"
    reader.read("a", "python", f"class K:\n    pass\n{body}".encode())
    file = reader.read("b", "python", f"\n\n\nimport os\n{body}".encode())
    assert file is not None
    assert [(s.name, s.start_line, s.end_line) for s in file.symbols] == [("f", 5, 8)]
    assert (set(file.import_lines), set(file.comment_lines)) == ({4}, {7})


@pytest.mark.parametrize(
    ("text", "imports", "comments"),
    [
        ("import a  # why\n# alone\nx = 1  # not\n", {1}, {2}),
        ("x = 1; import a\nimport b; y = 2\n", set(), set()),
        ('"""Doc.\n\nMore."""\nfrom a import (\n    b,\n)\n', {4, 5, 6}, {1, 2, 3}),
        ('def f():\n    """Doc."""\n    import a\n    return a\n', {3}, {2}),
        ('def f(): "Doc."\nx = """not\n doc"""\n', set(), set()),
    ],
)
def test_lines_with_nothing_but_imports_or_comments(
    text: str, imports: set[int], comments: set[int]
) -> None:
    reader = SyntaxReader()
    for _ in range(2):  # fresh, then from the memo
        file = reader.read("a", "python", text.encode())
        assert file is not None
        assert (set(file.import_lines), set(file.comment_lines)) == (imports, comments)
        reader.read("a", "python", text.replace("\n", " \n").encode())


def test_what_a_nested_function_captures_is_a_name_from_outside_to_it_alone() -> None:
    before = read("python", "def f(a):\n  def g(): return a\n  return g\n")
    after = read("python", "def f(b):\n  def g(): return b\n  return g\n")
    assert before.symbols[0].shape_state == after.symbols[0].shape_state
    assert before.symbols[1].shape_state != after.symbols[1].shape_state


def test_errors_are_told_with_their_lines() -> None:
    file = read("python", "x = 1\ndef f(:\n    return 1\ny = 2\n")
    assert file.has_errors
    assert file.errors == ((2, 2),)
    assert read("python", "x = 1\n").errors == ()
