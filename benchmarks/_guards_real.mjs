// Runs the loop detection of Gemini CLI, installed in the folder that this file is given:
//     npm install --ignore-scripts --omit=optional @google/gemini-cli-core@0.61.0
// It is started by guards.py --real, and writes one line of JSON.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(resolve(process.argv[2]), "node_modules/@google/gemini-cli-core/dist/src");
const load = (name) => import(pathToFileURL(join(root, name)).href);
const { LoopDetectionService } = await load("services/loopDetectionService.js");
const { GeminiEventType } = await load("core/turn.js");

// What the service asks of its surroundings on the way to its own rules: nothing is told or sent.
const silent = new Proxy(() => silent, { get: (_, key) => (key === Symbol.toPrimitive ? () => "" : silent) });
const config = new Proxy({}, { get: (_, key) => (String(key).startsWith("get") ? () => false : silent) });

function first(session) {
  const service = new LoopDetectionService({ config });
  let turn = null;
  for (const call of session.calls) {
    if (call.turn !== turn) {
      turn = call.turn;
      service.reset(String(turn));
    }
    const value = { name: call.tool, args: JSON.parse(call.arguments) };
    if (service.addAndCheck({ type: GeminiEventType.ToolCallRequest, value }).count) {
      return call.number;
    }
  }
  return null;
}

let text = "";
for await (const piece of process.stdin.setEncoding("utf8")) {
  text += piece;
}
const sessions = JSON.parse(text);
console.log(JSON.stringify({ "Gemini CLI 0.61.0, its own rules": sessions.map(first) }));
