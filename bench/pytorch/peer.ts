import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Theirs } from "./schedule-cases.ts";

export interface Versions {
  readonly python: string;
  readonly torch: string;
  readonly transformers: string;
}

export type Measured = { readonly seconds: number; readonly sum: number } | { readonly error: string };

/** A Python process with PyTorch that measures one case at a time. */
export interface Peer {
  readonly versions: Versions;
  measure(theirs: Theirs, rate: number, steps: number): Promise<Measured>;
  close(): void;
}

/** Returns the first Python that can import torch: that of ETUDE_BENCH_PYTHON, else python3 of the path or the system. */
function pythonWithTorch(): string | undefined {
  const asked = process.env["ETUDE_BENCH_PYTHON"];
  const candidates = asked ? [asked] : ["python3", "/usr/bin/python3"];
  return candidates.find((python) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}

/** Starts the peer; undefined without a Python that has PyTorch. */
export async function startPeer(): Promise<Peer | undefined> {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const child: ChildProcess = spawn(python, [fileURLToPath(new URL("schedules.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended before it answered`);
    return JSON.parse(value) as T;
  };
  return {
    versions: await answer<Versions>(),
    measure(theirs, rate, steps) {
      child.stdin!.write(`${JSON.stringify({ theirs, rate, steps })}\n`);
      return answer<Measured>();
    },
    close: () => child.stdin!.end(),
  };
}
