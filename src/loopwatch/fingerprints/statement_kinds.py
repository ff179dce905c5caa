"""Which nodes of a syntax tree are statements, in any of the languages.

A statement is what stands in a body, or a kind that is called one; a clause that has a
body of its own (``except E:``) counts, so that a report on it is about its header alone.
"""

from functools import cache

from loopwatch.diffing.node_traits import NodeKinds, node_kinds

STATEMENT, BODY = 1, 2  # what a kind may be; 0 is neither

_ENDS = ("_statement", "_declaration", "_definition", "_item", "_spec", "_signature", "_directive")
_BODY_ENDS = ("block", "body", "_declaration_list", "statements")
_BODIES = frozenset(
    "module program source_file translation_unit compound_statement declaration_list do_group"
    " statement_list chunk object_type match_block switch_section".split()
)
_CLAUSES = frozenset(
    "elif_clause else_clause else_if_clause except_clause except_group_clause finally_clause"
    " case_clause catch_clause switch_case switch_default communication_case default_case"
    " expression_case type_case match_arm switch_block_statement_group switch_entry when_entry"
    " rescue ensure elsif when stab_clause seh_except_clause seh_finally_clause catch_block"
    " finally_block rescue_block after_block enum_entry enum_case enum_variant".split()
)
# Parts of a header, whatever they are called.
_PARTS = ("parameter", "attribute_item", "expression_list")


@cache
def statement_kinds(language: str) -> dict[int, int]:
    """Return what each kind of node is, by its number; kinds that are neither are left out."""
    kinds = node_kinds(language)
    if kinds is None:
        return {}
    return {number: sort for number in kinds.traits if (sort := _sort(kinds, number))}


def _sort(kinds: NodeKinds, number: int) -> int:
    kind = kinds.language.node_kind_for_id(number) or ""
    if not kinds.language.node_kind_is_named(number) or any(part in kind for part in _PARTS):
        return 0
    trait = kinds.traits[number]
    if kind in _BODIES or (kind.endswith(_BODY_ENDS) and kind not in _CLAUSES):
        return BODY
    is_function = trait.is_scope and ("lambda" in kind or "expression" in kind or "arrow" in kind)
    if kind in _CLAUSES or kind.endswith(_ENDS):
        return STATEMENT
    is_definition = trait.is_scope and not is_function and "literal" not in kind
    return STATEMENT if trait.after or trait.is_compound or is_definition else 0
