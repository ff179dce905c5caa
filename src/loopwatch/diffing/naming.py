"""How a definition is called: from its syntax node to its name.

Each language's table picks one of these functions for each kind of node that
may be a definition. A node that turns out to be none (a variable that holds
no function, a struct that is only mentioned) has no name.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_NAME = 120  # characters; a longer one is cut, so that reports stay readable


class Name(NamedTuple):
    """What a definition is called."""

    own: str  # the last part of the qualified name
    scope: str = ""  # what its members are qualified with; empty: the same
    value_id: int = 0  # the node of the function that bears this name; 0: none
    is_function: bool = False  # binds local names although its kind alone does not say so


Namer: TypeAlias = "Callable[[Node], Name | None]"


def by_field(field: str = "name", needs: str = "") -> Namer:
    """Return a namer for kinds whose name is a field; ``needs`` is another that must exist."""

    def namer(node: "Node") -> Name | None:
        if needs and node.child_by_field_name(needs) is None:
            return None
        name = node.child_by_field_name(field)
        return Name(_text(name)) if name is not None else None

    return namer


def fixed(name: str) -> Namer:
    """Return a namer for kinds without a name of their own, such as ``constructor``."""
    return lambda _: Name(name)


def if_function(name: str, value: str, functions: frozenset[str], default: str = "") -> Namer:
    """Return a namer for ``const f = () => ...`` and the like.

    Args:
        name: the field that is named.
        value: the field that has to hold a function, or a call of a plain
            function (``useCallback``, ``React.memo``) whose first argument is one.
        functions: the kinds that are functions.
        default: the name where the field ``name`` is absent.
    """

    def namer(node: "Node") -> Name | None:
        held = node.child_by_field_name(value)
        function = _function_in(held, functions) if held is not None else None
        if function is None:
            return None
        named = node.child_by_field_name(name) if name else None
        text = _text(named) if named is not None else default
        return Name(text, value_id=function.id) if text else None

    return namer


def _function_in(value: "Node", functions: frozenset[str]) -> "Node | None":
    if value.type in functions:
        return value
    if value.type != "call_expression":
        return None
    callee = value.child_by_field_name("function")
    arguments = value.child_by_field_name("arguments")
    if callee is None or arguments is None:
        return None
    first = _first(arguments)
    is_plain = callee.type == "identifier" or callee.text[:6] == b"React."  # type: ignore[index]
    return first if is_plain and first is not None and first.type in functions else None


def declared(node: "Node") -> Name | None:
    """Name a C or C++ function: the innermost ``declarator`` says it."""
    inner = node
    while (deeper := inner.child_by_field_name("declarator")) is not None:
        inner = deeper
    return Name(_text(inner)) if inner is not node else None


def go_method(node: "Node") -> Name | None:
    """Name a Go method after its receiver's type: ``T.Name``."""
    name = node.child_by_field_name("name")
    receiver = node.child_by_field_name("receiver")
    if name is None or receiver is None:
        return None
    kind = next((child for child in receiver.named_children if child.type != "comment"), None)
    kind = kind.child_by_field_name("type") if kind is not None else None
    while kind is not None and kind.type != "type_identifier":
        kind = kind.child_by_field_name("type") or _first(kind)
    return Name(f"{_text(kind)}.{_text(name)}" if kind is not None else _text(name))


def rust_impl(node: "Node") -> Name | None:
    """Name an ``impl`` block; members are ``S.m``, or ``<S as Trait>.m``."""
    target = node.child_by_field_name("type")
    if target is None:
        return None
    plain = target.child_by_field_name("type") if target.type == "generic_type" else None
    held, trait = _text(plain or target), node.child_by_field_name("trait")
    if trait is None:
        return Name(f"impl {held}", held)
    return Name(f"impl {_text(trait)} for {held}", f"<{held} as {_text(trait)}>")


def swift_type(node: "Node") -> Name | None:
    """Name a Swift type; the members of an extension are members of the type."""
    name = node.child_by_field_name("name")
    if name is None:
        return None
    kind = node.child_by_field_name("declaration_kind")
    text = _text(name)
    return Name(f"extension {text}", text) if kind and kind.type == "extension" else Name(text)


def lua_assignment(node: "Node") -> Name | None:
    """Name ``M.f = function ... end``."""
    if node.named_child_count != 2:  # one list of names, one of values
        return None
    names, values = node.named_child(0), node.named_child(1)
    if names is None or values is None or names.named_child_count != 1:
        return None
    name, value = _first(names), _first(values)
    if name is None or value is None or value.type != "function_definition":
        return None
    return Name(_text(name), value_id=value.id)


ELIXIR_FUNCTIONS = frozenset({"def", "defp", "defmacro", "defmacrop", "defguard", "test"})
ELIXIR_MODULES = frozenset({"defmodule", "defprotocol", "defimpl", "describe"})


def elixir_call(node: "Node") -> Name | None:
    """Name a call of ``def``, ``defmodule`` or ``test``: Elixir defines by calling macros."""
    target = node.child_by_field_name("target")
    if target is None or target.type != "identifier":
        return None
    macro = _text(target)
    if macro not in ELIXIR_FUNCTIONS and macro not in ELIXIR_MODULES:
        return None
    arguments = next((child for child in node.named_children if child.type == "arguments"), None)
    head = _first(arguments) if arguments is not None else None
    if head is None:
        return None
    while head.type in ("call", "binary_operator"):  # def f(x) when x > 1
        inner = head.child_by_field_name("target") or head.child_by_field_name("left")
        if inner is None:
            break
        head = inner
    return Name(_text(head), is_function=macro in ELIXIR_FUNCTIONS)


def _first(node: "Node") -> "Node | None":
    return node.named_child(0) if node.named_child_count else None


def _text(node: "Node") -> str:
    """Return the text of a name, on one line, without quotes around it, not too long."""
    raw = (node.text or b"")[: 8 * LONGEST_NAME].decode("utf-8", "replace")
    text = " ".join(raw.split()).replace("::", ".")
    if len(text) > 1 and text[0] in "\"'`" and text[-1] == text[0]:
        text = text[1:-1]
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
