"""Runs real guards, as far as they are installed for the interpreter that this file is given to.

It is started by ``guards.py --real``, knows nothing of this project, and writes one line of JSON.
What is not installed has no row.

    pip install openhands-sdk==1.58.0      # Python 3.12 or newer
    pip install agent-loop-guard==0.1.1 agent-loop-detector==0.1.0 cctx-cli==1.24.4
    pip install mwreverts==0.1.5 jsonable  # which it needs and does not ask for
"""

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or the import of OpenHands asks the network


def openhands():
    from openhands.sdk.conversation.stuck_detector import StuckDetector
    from openhands.sdk.event import ActionEvent, AgentErrorEvent, MessageEvent, ObservationEvent

    class State:
        def __init__(self):
            self.events = []

        def active_branch(self, limit):
            return self.events[-limit:]

    def first(session):
        state = State()
        detector = StuckDetector(state)
        turn = None
        for call in session["calls"]:
            if call["turn"] != turn:
                state.events.append(MessageEvent.model_construct(source="user"))
                turn = call["turn"]
            made = (call["tool"], call["arguments"])
            state.events.append(
                ActionEvent.model_construct(
                    source="agent", thought=[], action=made, tool_name=call["tool"]
                )
            )
            answer = (
                AgentErrorEvent.model_construct(source="agent", error=call["output"])
                if call["is_error"]
                else ObservationEvent.model_construct(
                    source="environment", observation=call["output"], tool_name=call["tool"]
                )
            )
            state.events.append(answer)
            if detector.is_stuck():
                return call["number"]
        return None

    return {"OpenHands 1.58.0": first}


def agent_loop_guard():
    from loop_guard import LoopGuard

    def first(level):
        def told(session):
            guard = LoopGuard()
            for call in session["calls"]:
                said = guard.check(call["tool"], json.loads(call["arguments"]), call["output"])
                if said.is_loop or (level == "warning" and said.should_warn):
                    return call["number"]
            return None

        return told

    return {f"agent-loop-guard 0.1.1, {one}": first(one) for one in ("warning", "stop")}


def agent_loop_detector():
    from agent_loop_detector import LoopDetector

    def first(session):
        guard = LoopDetector()
        for call in session["calls"]:
            if guard.check(f"{call['tool']} {call['arguments']}"):
                return call["number"]
        return None

    return {"agent-loop-detector 0.1.0": first}


def mwreverts():
    import mwreverts

    def first(session):
        known = {}
        for call in session["calls"]:
            change = call["change"]
            if change is None:
                continue
            if change["path"] not in known:
                known[change["path"]] = mwreverts.Detector()
                known[change["path"]].process(session["files"][change["path"]])
            if known[change["path"]].process(change["after"]):
                return call["number"]
        return None

    return {"mwreverts 0.1.5": first}


def cctx():
    from cctx import diagnostician
    from cctx.models import FindingKind
    from cctx.parsers.claude_code import parse_session

    loops = {FindingKind.RETRY_LOOP, FindingKind.TOOL_THRASH, FindingKind.DEAD_END}

    def first(session):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "session.jsonl")
            for number, text in enumerate(session["logs"], start=1):
                log.write_text(text, encoding="utf-8")
                found = diagnostician.run(parse_session(log)).findings
                if any(one.kind in loops for one in found):
                    return number
        return None

    return {"cctx 1.24.4": first}


def main():
    sessions = json.load(sys.stdin)
    rows = {}
    with contextlib.redirect_stdout(sys.stderr):
        for guard in (openhands, cctx, agent_loop_guard, agent_loop_detector, mwreverts):
            try:
                rules = guard()
            except ImportError as error:
                print(f"{guard.__name__}: {error}", file=sys.stderr)
                continue
            for name, first in rules.items():
                rows[name] = [first(session) for session in sessions]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
