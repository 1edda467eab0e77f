import { fileURLToPath } from "node:url";
import { Problem } from "@etude/contracts";
import { LawError } from "@etude/learning/law";
import { Piscina } from "piscina";
import type { LawResult, LawTask } from "./law-worker.ts";

type Fitted = Exclude<LawResult, { refused: unknown }>;

export interface LawThread {
  /** Throws LawError, and Problem overloaded while too many wait. */
  run(task: LawTask): Promise<Fitted>;
  close(): Promise<void>;
}

/** Waiting fits; each takes a second or two. */
const maxQueue = 8;

/** One thread for laws, started when the first is asked for and ended when none is for a while. */
export function createLawThread(): LawThread {
  const source = import.meta.url.endsWith(".ts");
  const pool = new Piscina<LawTask, LawResult>({
    filename: fileURLToPath(new URL(`./law-worker.${source ? "ts" : "js"}`, import.meta.url)),
    ...(source ? { execArgv: ["--conditions=source", "--import", "tsx"] } : {}),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 30_000,
    maxQueue,
  });
  return {
    async run(task) {
      if (pool.queueSize >= maxQueue) throw new Problem("overloaded", "Too many laws are being fitted");
      const result = await pool.run(task);
      if (!("refused" in result)) return result;
      const { code, message, option } = result.refused;
      throw new LawError(code, message, option);
    },
    close: () => pool.destroy(),
  };
}
