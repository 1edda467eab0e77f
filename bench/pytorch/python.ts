import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Python process that answers a JSON line with a JSON line. */
export interface Python<Versions, Question, Answer> {
  readonly versions: Versions;
  ask(question: Question): Promise<Answer>;
  close(): void;
}

/** Returns the first Python that can import torch: that of ETUDE_BENCH_PYTHON, else python3 of the path or the system. */
function pythonWithTorch(): string | undefined {
  const asked = process.env["ETUDE_BENCH_PYTHON"];
  const candidates = asked ? [asked] : ["python3", "/usr/bin/python3"];
  return candidates.find((python) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}

/** Starts a script of this folder; its first line says what is installed. Undefined without a Python that has PyTorch. */
export async function startPython<Versions, Question, Answer>(
  script: string,
): Promise<Python<Versions, Question, Answer> | undefined> {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const child = spawn(python, [fileURLToPath(new URL(script, import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended before it answered`);
    return JSON.parse(value) as T;
  };
  return {
    versions: await answer<Versions>(),
    ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return answer<Answer>();
    },
    close: () => child.stdin.end(),
  };
}
