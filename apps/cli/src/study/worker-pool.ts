import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { StudyPlan } from "@etude/contracts";
import type { Cell, CellOutcome } from "@etude/learning";
import type { Answer, Batch } from "./study-child.ts";

export interface WorkerPool {
  /** Runs a batch on a free process. Callers keep to as many at once as there are processes. */
  execute(cells: readonly Cell[]): Promise<readonly CellOutcome[]>;
  close(): void;
}

/** Starts warm processes that run cells of the plan. A process that dies fails its batch; the others go on. */
export function startWorkers(plan: StudyPlan, count: number): WorkerPool {
  const file = fileURLToPath(new URL(`./study-child${extname(import.meta.url)}`, import.meta.url));
  const start = (): ChildProcess => {
    // Infinity travels only in the advanced form. The terminal's Ctrl-C is for the parent, which ends them.
    const child = fork(file, { serialization: "advanced", detached: true });
    child.send({ plan });
    return child;
  };
  const all = new Set(Array.from({ length: count }, start));
  const free = [...all];
  let batches = 0;
  return {
    async execute(cells) {
      const child = free.pop();
      if (!child) throw new Error("every worker of the study is busy");
      const batch: Batch = { id: batches++, cells };
      try {
        const answer = await ask(child, batch);
        free.push(child);
        if ("error" in answer) throw new Error(answer.error);
        return answer.outcomes;
      } catch (error) {
        if (!child.connected) all.delete(child);
        throw error;
      }
    },
    close() {
      for (const child of all) child.kill("SIGKILL");
    },
  };
}

function ask(child: ChildProcess, batch: Batch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      child.off("message", answered).off("exit", died).off("error", reject);
      settle();
    };
    const answered = (answer: Answer): void => done(() => resolve(answer));
    const died = (code: number | null, signal: string | null): void =>
      done(() => reject(new Error(`a worker of the study ended with ${signal ?? code} during a batch`)));
    child.on("message", answered).on("exit", died).on("error", reject);
    child.send(batch);
  });
}
