"""The guards of the table: what each looks at, its rule, and where that is published."""

from dataclasses import dataclass

from benchmarks._guard_rules import (
    Rule,
    cctx,
    cline,
    crush,
    forgecode,
    gemini_cli,
    ggcode,
    mwreverts,
    octopusgarden,
    openclaw,
    opencode,
    openhands,
    ordinex,
    regression_ledger,
    roo_code,
    seen_before,
    sovereign_agent,
)


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A row of the table."""

    name: str
    rule: Rule
    source: str  # where it is published
    says: str  # the rule in one sentence
    asks: str  # what it looks at: "calls", "edits", "files", "failures"


GUARDS = (
    Guard(
        name="OpenHands",
        rule=openhands,
        asks="calls",
        source="openhands-sdk 1.58.0, `conversation/stuck_detector.py`",
        says="Of the last 20 events since the user spoke: four equal calls with equal "
        "results, four equal calls with errors of the tool, or two calls that alternate"
        " for six",
    ),
    Guard(
        name="Gemini CLI",
        rule=gemini_cli,
        asks="calls",
        source="@google/gemini-cli-core 0.61.0, `services/loopDetectionService.js`",
        says="The last calls of a prompt are a cycle of one to five calls, five times",
    ),
    Guard(
        name="opencode",
        rule=opencode,
        asks="calls",
        source="anomalyco/opencode, `packages/opencode/src/session/processor.ts`",
        says="Three equal calls in a row; as documented. In the code they have to be in one "
        "message",
    ),
    Guard(
        name="Roo Code",
        rule=roo_code,
        asks="calls",
        source="RooCodeInc/Roo-Code, `src/core/tools/ToolRepetitionDetector.ts`",
        says="The fourth equal call in a row is not run",
    ),
    Guard(
        name="Cline",
        rule=cline,
        asks="calls",
        source="cline/cline, `sdk/packages/core/src/runtime/safety/loop-detection.ts`",
        says="A note at the third equal call in a row, a stop at the fifth, if the result is the "
        "same each time; a stop at the twentieth equal call in all",
    ),
    Guard(
        name="forgecode",
        rule=forgecode,
        asks="calls",
        source="tailcallhq/forgecode, `crates/forge_app/src/hooks/doom_loop.rs`",
        says="The last calls are a cycle of any length for the third time",
    ),
    Guard(
        name="Crush",
        rule=crush,
        asks="calls",
        source="charmbracelet/crush, `internal/agent/loop_detection.go`",
        says="More than five of the last ten calls are equal, and their results too",
    ),
    Guard(
        name="OpenClaw, switched on",
        rule=openclaw,
        asks="calls",
        source="openclaw/openclaw, `src/agents/tool-loop-detection.ts`",
        says="A warning at the eleventh equal call of 30, or where two calls alternate for ten",
    ),
    Guard(
        name="cctx",
        rule=cctx,
        asks="calls",
        source="cctx-cli 1.24.4, `diagnostician/patterns`: tool thrash and retry loop",
        says="Three calls with the same key in 20 turns, where the key of an edit is its "
        "file; or a call that fails twice, and never succeeds between",
    ),
    Guard(
        name="ggcode",
        rule=ggcode,
        asks="edits",
        source="topcheer/ggcode, `internal/agent/edit_oscillation_detect.go`",
        says="Old and new texts of the edits of a file: each time beyond the second counts "
        "one, and two are too many",
    ),
    Guard(
        name="RegressionLedger",
        rule=regression_ledger,
        asks="edits",
        source="anlor1002-alt/regressionledger, `src/hooks.js`; simplified",
        says="The new text of an edit is like one after which the tests failed (0.9 of its "
        "runs of three tokens, texts and numbers left out)",
    ),
    Guard(
        name="mwreverts",
        rule=mwreverts,
        asks="files",
        source="mwreverts 0.1.5, `detector.py`",
        says="A file is as it was up to 15 versions ago, with another version between",
    ),
    Guard(
        name="RuboCop, SQLFluff",
        rule=seen_before,
        asks="files",
        source="rubocop, `runner.rb` (infinite loop); sqlfluff, `linter.py`; made for their "
        "own fixes",
        says="A file is as it was before, however long ago",
    ),
    Guard(
        name="sovereign-agent",
        rule=sovereign_agent,
        asks="files",
        source="lachlan-jones5/sovereign-agent, `lib/oscillation-detector.sh`",
        says="Of the last ten contents of a file some are A B A B, or five are only two; or "
        "the last five outputs, or the first three, are equal",
    ),
    Guard(
        name="octopusgarden",
        rule=octopusgarden,
        asks="files",
        source="foundatron/octopusgarden, `internal/attractor/oscillation.go`",
        says="The last four states of all files are A B A B",
    ),
    Guard(
        name="Ordinex",
        rule=ordinex,
        asks="failures",
        source="kalyank1144/Ordinex, `autonomyLoopDetector.ts`",
        says="One failure twice in three runs, failures A B A B, success and failure in "
        "turns, or fewer tests that pass in three runs. What a failure is, the caller "
        "says: here all that failed, as text",
    ),
)
