import { spawn } from "node:child_process";
import { root } from "./ensure.mjs";

/** Runs Node on a file of this checkout; returns its output. Throws with the output when it fails. */
export function node(args, { env = {}, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`node ${args.join(" ")} exited with ${code}\n${output}`)),
    );
  });
}
