"""What each language's grammar calls things: the languages of ``loopwatch[languages]``."""

import re
from collections.abc import Mapping
from dataclasses import replace

from loopwatch.diffing.grammars import Grammar
from loopwatch.diffing.naming import (
    by_field,
    declared,
    elixir_call,
    fixed,
    if_function,
    lua_assignment,
    swift_type,
)

C = Grammar(
    module="tree_sitter_c",
    definitions={
        "function_definition": declared,
        "struct_specifier": by_field(needs="body"),
        "union_specifier": by_field(needs="body"),
        "enum_specifier": by_field(needs="body"),
        "preproc_function_def": by_field(),
    },
    scopes="function_definition",
    imports="preproc_include",
    binds="declaration.declarator init_declarator.declarator parameter_declaration.declarator",
    keeps="enumerator.name preproc_def.name preproc_ifdef.name",
    passes="init_declarator.declarator pointer_declarator.declarator array_declarator.declarator"
    " parenthesized_declarator",
    terminators="\n",
)
CPP = replace(
    C,
    module="tree_sitter_cpp",
    definitions={
        **C.definitions,
        "class_specifier": by_field(needs="body"),
        "namespace_definition": by_field(),
        "concept_definition": by_field(),
    },
    scopes="function_definition lambda_expression",
    imports="preproc_include using_declaration",
    binds=C.binds + " for_range_loop.declarator optional_parameter_declaration.declarator"
    " variadic_parameter_declaration.declarator lambda_capture_initializer.left",
    passes=C.passes + " reference_declarator structured_binding_declarator variadic_declarator",
    keeps=C.keeps + " qualified_identifier.name",
    prefixes="template_parameter_list",
)
C_SHARP = Grammar(
    module="tree_sitter_c_sharp",
    definitions={
        "namespace_declaration": by_field(),
        "class_declaration": by_field(),
        "struct_declaration": by_field(),
        "interface_declaration": by_field(),
        "enum_declaration": by_field(),
        "record_declaration": by_field(),
        "delegate_declaration": by_field(),
        "method_declaration": by_field(),
        "constructor_declaration": by_field(),
        "destructor_declaration": by_field(),
        "property_declaration": by_field(),
        "local_function_statement": by_field(),
    },
    scopes="method_declaration constructor_declaration destructor_declaration"
    " local_function_statement lambda_expression anonymous_method_expression",
    imports="using_directive file_scoped_namespace_declaration",
    identifiers="identifier implicit_parameter",
    binds="parameter.name parameter_list.name variable_declarator.name foreach_statement.left"
    " catch_declaration.name declaration_pattern.name declaration_expression.name"
    " lambda_expression.parameters",
    keeps="member_access_expression.name argument.name method_declaration.name"
    " constructor_declaration.name local_function_statement.name attribute.name"
    " member_binding_expression.name qualified_name.*",
)
RUBY = Grammar(
    module="tree_sitter_ruby",
    definitions={
        "module": by_field(),
        "class": by_field(),
        "method": by_field(),
        "singleton_method": by_field(),
    },
    scopes="method singleton_method lambda block do_block",
    requires="call",
    binds="method_parameters.* block_parameters.* lambda_parameters.* optional_parameter.name"
    " keyword_parameter.name splat_parameter.name hash_splat_parameter.name"
    " block_parameter.name destructured_parameter.* assignment.left operator_assignment.left"
    " exception_variable.* for.pattern",
    keeps="call.method method.name singleton_method.name setter.name",
    passes="left_assignment_list destructured_left_assignment rest_assignment",
    terminators=";",
    is_semicolon_dropped=True,
)
PHP = Grammar(
    module="tree_sitter_php",
    function="language_php",
    definitions={
        "class_declaration": by_field(),
        "interface_declaration": by_field(),
        "trait_declaration": by_field(),
        "enum_declaration": by_field(),
        "method_declaration": by_field(),
        "function_definition": by_field(),
    },
    scopes="method_declaration function_definition anonymous_function arrow_function",
    imports="namespace_use_declaration namespace_definition",
    requires="expression_statement",
    identifiers="variable_name",
    always_local="variable_name",
    never_local="$this $GLOBALS $_GET $_POST $_SERVER $_SESSION $_COOKIE $_FILES $_ENV $_REQUEST",
    keeps="scoped_property_access_expression.name",
    unbinds="global_declaration.*",
    prefixes="attribute_list",
)
BASH = Grammar(
    module="tree_sitter_bash",
    definitions={"function_definition": by_field()},
    statements="*_statement *_command command variable_assignment",
    identifiers="",
    terminators="; \n",
    is_semicolon_dropped=True,
)
KOTLIN = Grammar(
    module="tree_sitter_kotlin",
    definitions={
        "class_declaration": by_field(),
        "object_declaration": by_field(),
        "companion_object": fixed("Companion"),
        "function_declaration": by_field(),
        "secondary_constructor": fixed("constructor"),
        "anonymous_initializer": fixed("init"),
    },
    scopes="function_declaration secondary_constructor anonymous_initializer lambda_literal"
    " anonymous_function",
    comments="line_comment block_comment",
    imports="import package_header",
    binds="parameter.- variable_declaration.- catch_block.-",
    keeps="function_declaration.name navigation_expression.* user_type.* value_argument.-"
    " qualified_identifier.*",
    terminators=";",
    is_semicolon_dropped=True,
)
SWIFT = Grammar(
    module="tree_sitter_swift",
    definitions={
        "class_declaration": swift_type,
        "protocol_declaration": by_field(),
        "function_declaration": by_field(),
        "init_declaration": fixed("init"),
        "deinit_declaration": fixed("deinit"),
        "subscript_declaration": fixed("subscript"),
    },
    scopes="function_declaration init_declaration deinit_declaration lambda_literal",
    comments="comment multiline_comment",
    imports="import_declaration",
    identifiers="simple_identifier",
    binds="parameter.name lambda_parameter.name pattern.bound_identifier",
    keeps="function_declaration.name navigation_suffix.* value_argument_label.*",
    terminators=";",
    is_semicolon_dropped=True,
)
SCALA = Grammar(
    module="tree_sitter_scala",
    definitions={
        "class_definition": by_field(),
        "object_definition": by_field(),
        "trait_definition": by_field(),
        "enum_definition": by_field(),
        "function_definition": by_field(),
        "given_definition": by_field(),
    },
    scopes="function_definition lambda_expression",
    blocks="indented_block template_body case_block",
    comments="comment block_comment",
    imports="import_declaration package_clause",
    binds="parameter.name val_definition.pattern var_definition.pattern binding.name"
    " enumerator.- typed_pattern.pattern case_class_pattern.pattern case_clause.pattern"
    " lambda_expression.parameters",
    keeps="function_definition.name field_expression.field",
    passes="tuple_pattern",
    terminators=";",
    is_semicolon_dropped=True,
)
LUA = Grammar(
    module="tree_sitter_lua",
    definitions={
        "function_declaration": by_field(),
        "assignment_statement": lua_assignment,
        "field": if_function("name", "value", frozenset({"function_definition"})),
    },
    scopes="function_declaration function_definition",
    requires="variable_declaration",
    binds="parameters.name for_numeric_clause.name variable_declaration.-",
    keeps="dot_index_expression.field method_index_expression.method function_declaration.name"
    " goto_statement.- label_statement.-",
    passes="assignment_statement variable_list.name",
    terminators=";",
    is_semicolon_dropped=True,
)
ELIXIR = Grammar(
    module="tree_sitter_elixir",
    definitions={"call": elixir_call},
    scopes="anonymous_function",
    requires="call",
    require_text=re.compile(rb"(?:alias|import|require|use)\s+[A-Z][^\n]*"),
    keeps="dot.right call.target",
)

EXTRA: Mapping[str, Grammar] = {
    "c": C,
    "cpp": CPP,
    "c_sharp": C_SHARP,
    "ruby": RUBY,
    "php": PHP,
    "bash": BASH,
    "kotlin": KOTLIN,
    "swift": SWIFT,
    "scala": SCALA,
    "lua": LUA,
    "elixir": ELIXIR,
}
