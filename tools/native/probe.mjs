// Asks the trainer's own probe whether an addon works: it computes gradients in a process of its own and compares them.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, sourceFlags } from "../lib/ensure.mjs";
import { packageFolder } from "./places.mjs";

/** Returns { works: { gpu, tensorflow } } or { refusal }. */
export function probe(addon) {
  const backends = (place) => join(root, "workers/trainer", place, "backends");
  // An image has only compiled code; elsewhere that may be older than the source.
  const program = packageFolder("tsx")
    ? [...sourceFlags, join(backends("src"), "native-probe.ts")]
    : [join(backends("dist"), "native-probe.js")];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: root,
    env: { ...process.env, TFJS_NODE_ADDON: addon },
    encoding: "utf8",
    timeout: 120_000,
  });
  const answer = stdout.trim().split("\n").at(-1);
  if (status === 0 && answer?.startsWith("{")) return JSON.parse(answer);
  return { refusal: `the probe ended with ${signal ?? `exit code ${status}`}: ${stderr.trim().split("\n").at(-1)}` };
}
