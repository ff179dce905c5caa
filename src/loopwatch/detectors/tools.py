"""The names of the programs that the built-in readers know."""

PYTEST = ("pytest", "py.test")
UNITTEST = ("unittest",)
RUFF = ("ruff",)
MYPY = ("mypy", "dmypy")
PYRIGHT = ("pyright", "basedpyright")
ESLINT = ("eslint", "eslint_d")
TSC = ("tsc", "vue-tsc")
GO = ("go",)
CARGO = ("cargo",)
JEST = ("jest",)
VITEST = ("vitest",)

KNOWN = (*PYTEST, *UNITTEST, *RUFF, *MYPY, *PYRIGHT, *ESLINT, *TSC, *GO, *CARGO, *JEST, *VITEST)
