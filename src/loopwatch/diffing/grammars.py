"""What each language's grammar calls things: the core languages.

A grammar is described by the kinds of its syntax nodes, as words in a string.
*Places* are written ``kind.field`` (a child of ``kind`` in that field),
``kind.*`` (a child in any field or none) or ``kind.-`` (a child in no field).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from loopwatch.diffing.naming import (
    Namer,
    by_field,
    fixed,
    go_method,
    if_function,
    rust_impl,
)
from loopwatch.diffing.outline import PYTHON_FUNCTIONS, Outlined

REQUIRE = re.compile(
    rb"(?:(?:const|let|var|local)\s[^;=]*=\s*)?(?:require|require_relative|require_once|include)"
    rb"\s*\(?\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\)?[\w.]*;?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """The node kinds of one language that matter here."""

    module: str  # the Python module of the grammar
    function: str = "language"  # the function in it that returns the grammar
    definitions: Mapping[str, Namer] = field(default_factory=dict)
    scopes: str = ""  # functions of any sort: they bind local names
    compounds: str = ""  # large statements and expressions, known again when what is around changes
    blocks: str = ""  # told by indentation alone: marked, so that nesting is part of the state
    statements: str = ""  # end at the end of the line: marked. "*_x": every kind that ends so
    comments: str = "comment"
    docstrings: str = ""  # statements that count as a comment if they hold one string only
    imports: str = ""
    requires: str = ""  # kinds that are imports if their text is that of one, by this pattern:
    require_text: re.Pattern[bytes] = REQUIRE
    identifiers: str = "identifier"
    binds: str = ""  # places where an identifier binds a local name
    unbinds: str = ""  # places where it says that the name is not local
    keeps: str = ""  # places where it is an attribute, a keyword or a label: kept as it is
    passes: str = ""  # kinds of patterns: what they hold binds where they bind
    shorthands: str = ""  # kinds of identifiers that name a property and a local at once
    always_local: str = ""  # kinds of identifiers that are local wherever they stand
    never_local: str = ""  # ... except these words
    atoms: str = ""  # kinds taken as one token though the grammar divides them
    prose: str = ""  # kinds whose text may be laid out anew
    prefixes: str = ""  # decorators and attributes: belong to the definition after them
    quotes: str = ""  # kinds in which ' and " mean the same
    terminators: str = ""  # tokens that end a statement where a line's end does so too
    is_semicolon_dropped: bool = False  # the statement's mark says it; else it is written ";"
    varying: str = ""  # tokens that are written in several ways, though their kind has one name
    is_gapless: bool = False  # no text is hidden between the tokens; else it is looked for
    comma_counts: str = ""  # kinds where a comma before the closing bracket means something
    outlined: Outlined | None = None  # functions that layout alone shows


PYTHON = Grammar(
    module="tree_sitter_python",
    is_gapless=True,
    definitions={"function_definition": by_field(), "class_definition": by_field()},
    scopes="function_definition lambda",
    compounds="if_statement for_statement while_statement with_statement try_statement"
    " match_statement",
    blocks="block",
    statements="*_statement",
    comments="comment line_continuation",
    docstrings="expression_statement",
    imports="import_statement import_from_statement future_import_statement",
    binds="parameters.* lambda_parameters.* default_parameter.name typed_default_parameter.name"
    " typed_parameter.- assignment.left augmented_assignment.left named_expression.name"
    " for_statement.left for_in_clause.left as_pattern_target.* as_pattern.alias",
    unbinds="global_statement.* nonlocal_statement.*",
    keeps="attribute.attribute keyword_argument.name dotted_name.* aliased_import.*"
    " function_definition.name class_definition.name keyword_pattern.-",
    passes="pattern_list tuple_pattern list_pattern list_splat_pattern dictionary_splat_pattern"
    " as_pattern_target tuple list parenthesized_expression",
    atoms="string_content format_specifier",
    prefixes="decorator",
    quotes="string_start string_end",
    terminators=";",
    is_semicolon_dropped=True,
    comma_counts="tuple subscript tuple_pattern",
    outlined=PYTHON_FUNCTIONS,
)

JS_FUNCTIONS = "function_expression arrow_function generator_function"
_JS_VALUES = frozenset(JS_FUNCTIONS.split()) | {"class"}
_JS_DEFINITIONS: dict[str, Namer] = {
    "function_declaration": by_field(),
    "generator_function_declaration": by_field(),
    "function_expression": by_field(),
    "generator_function": by_field(),
    "class_declaration": by_field(),
    "class": by_field(),
    "method_definition": by_field(),
    "variable_declarator": if_function("name", "value", _JS_VALUES),
    "assignment_expression": if_function("left", "right", _JS_VALUES),
    "pair": if_function("key", "value", _JS_VALUES),
    "export_statement": if_function("", "value", _JS_VALUES, default="default"),
}

JAVASCRIPT = Grammar(
    module="tree_sitter_javascript",
    is_gapless=True,
    definitions=_JS_DEFINITIONS
    | {"field_definition": if_function("property", "value", _JS_VALUES)},
    scopes=JS_FUNCTIONS + " function_declaration generator_function_declaration method_definition",
    compounds="if_statement for_statement for_in_statement while_statement do_statement"
    " try_statement switch_statement jsx_element",
    statements="*_statement lexical_declaration variable_declaration field_definition",
    comments="comment html_comment hash_bang_line",
    imports="import_statement export_statement.source",
    requires="lexical_declaration variable_declaration",
    shorthands="shorthand_property_identifier_pattern",
    binds="formal_parameters.* variable_declarator.name for_in_statement.left"
    " catch_clause.parameter arrow_function.parameter",
    keeps="function_declaration.name generator_function_declaration.name"
    " function_expression.name generator_function.name class_declaration.name class.name"
    " jsx_opening_element.name jsx_closing_element.name jsx_self_closing_element.name",
    passes="array_pattern object_pattern rest_pattern pair_pattern.value assignment_pattern.left"
    " object_assignment_pattern.left",
    prose="jsx_text",
    prefixes="decorator",
    quotes="' \"",
    terminators=";",
    is_semicolon_dropped=True,
)

TYPESCRIPT = replace(
    JAVASCRIPT,
    module="tree_sitter_typescript",
    function="language_typescript",
    definitions=_JS_DEFINITIONS
    | {
        "public_field_definition": if_function("name", "value", _JS_VALUES),
        "abstract_class_declaration": by_field(),
        "interface_declaration": by_field(),
        "type_alias_declaration": by_field(),
        "enum_declaration": by_field(),
        "internal_module": by_field(),
        "module": by_field(needs="body"),
    },
    statements="*_statement lexical_declaration variable_declaration public_field_definition"
    " property_signature method_signature abstract_method_signature function_signature"
    " type_alias_declaration import_alias",
    imports="import_statement import_alias export_statement.source",
    binds=JAVASCRIPT.binds + " required_parameter.pattern optional_parameter.pattern",
    keeps=JAVASCRIPT.keeps + " enum_declaration.name internal_module.name nested_identifier.*",
)
TSX = replace(TYPESCRIPT, function="language_tsx")

GO = Grammar(
    module="tree_sitter_go",
    is_gapless=True,
    definitions={
        "function_declaration": by_field(),
        "method_declaration": go_method,
        "type_spec": by_field(),
    },
    scopes="function_declaration method_declaration func_literal",
    statements="*_statement *_declaration *_spec",
    compounds="if_statement for_statement expression_switch_statement type_switch_statement"
    " select_statement",
    imports="import_declaration package_clause",
    binds="parameter_declaration.name variadic_parameter_declaration.name var_spec.name"
    " const_spec.name short_var_declaration.left range_clause.left receive_statement.left"
    " type_switch_statement.alias",
    keeps="function_declaration.name literal_element.*",
    passes="expression_list",
    terminators="; \n",
    is_semicolon_dropped=True,
)

RUST = Grammar(
    module="tree_sitter_rust",
    is_gapless=True,
    definitions={
        "function_item": by_field(),
        "struct_item": by_field(),
        "enum_item": by_field(),
        "union_item": by_field(),
        "trait_item": by_field(),
        "impl_item": rust_impl,
        "mod_item": by_field(needs="body"),
        "macro_definition": by_field(),
    },
    scopes="function_item closure_expression",
    compounds="if_expression for_expression while_expression loop_expression match_expression",
    comments="line_comment block_comment shebang",
    imports="use_declaration extern_crate_declaration mod_item",
    binds="parameter.pattern closure_parameters.* let_declaration.pattern let_condition.pattern"
    " for_expression.pattern match_pattern.- captured_pattern.-",
    keeps="function_item.name scoped_identifier.name scoped_identifier.path use_declaration.*"
    " macro_invocation.macro tuple_struct_pattern.type label.- enum_variant.name attribute.*"
    " struct_pattern.type",
    passes="tuple_pattern tuple_struct_pattern struct_pattern field_pattern.pattern ref_pattern"
    " mut_pattern reference_pattern slice_pattern captured_pattern or_pattern",
    atoms="raw_string_literal",
    varying='"',
    prefixes="attribute_item",
    comma_counts="tuple_expression tuple_type tuple_pattern token_tree",
)

JAVA = Grammar(
    module="tree_sitter_java",
    is_gapless=True,
    definitions={
        "class_declaration": by_field(),
        "interface_declaration": by_field(),
        "enum_declaration": by_field(),
        "record_declaration": by_field(),
        "annotation_type_declaration": by_field(),
        "method_declaration": by_field(),
        "constructor_declaration": by_field(),
        "compact_constructor_declaration": by_field(),
        "static_initializer": fixed("static"),
    },
    scopes="method_declaration constructor_declaration compact_constructor_declaration"
    " lambda_expression static_initializer",
    compounds="if_statement for_statement enhanced_for_statement while_statement try_statement"
    " try_with_resources_statement switch_expression",
    comments="line_comment block_comment",
    imports="import_declaration package_declaration",
    binds="formal_parameter.name variable_declarator.name enhanced_for_statement.name"
    " resource.name catch_formal_parameter.name inferred_parameters.*"
    " lambda_expression.parameters instanceof_expression.name type_pattern.-"
    " record_pattern_component.-",
    keeps="field_access.field method_invocation.name method_declaration.name"
    " constructor_declaration.name labeled_statement.- break_statement.-"
    " continue_statement.- element_value_pair.key annotation.name marker_annotation.name"
    " scoped_identifier.*",
)

CORE: Mapping[str, Grammar] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "tsx": TSX,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
}
