import { type GivenRate, Problem, type RunStatus } from "@etude/contracts";
import type { Pool } from "pg";
import { rowsOf } from "./pool.ts";
import { keepRate, selectRates } from "./sql/rates.ts";

/** The last rate that was given, and what its schedule remembers after it: plain JSON. */
export interface LastRate {
  readonly step: number;
  readonly rate: number;
  readonly state: unknown;
}

export interface AskedRate {
  readonly step: number;
  readonly loss: number | null;
  readonly evalLoss: number | null;
  readonly attempt?: number | undefined;
}

/** Rates that the server gives to external runs, step by step. */
export interface Rates {
  /**
   * The rate for a step: the one that was given before, or that `next` makes of the last one, which is then kept. Of
   * several callers one makes it, and all get it. Throws Problem run_not_found, run_not_active, run_kind_refused,
   * attempt_over, rate_step_refused, and what `next` throws.
   */
  give(
    runId: string,
    asked: AskedRate,
    next: (last: LastRate | null) => Promise<{ rate: number; state: unknown }>,
  ): Promise<GivenRate>;
}

/** The last steps that are kept for a rewind, and every so many before. */
const recentSteps = 256;
const everySteps = 1000;
/** Rounds of reading and keeping; another is needed only when somebody else is quicker. */
const maxRounds = 5;

type Row = Partial<LastRate> & {
  readonly kind: string;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly known: number | null;
};

function assertOpen(run: Row | undefined, runId: string, attempt: number | undefined): asserts run is Row {
  if (!run) throw new Problem("run_not_found", `No run ${runId}.`);
  if (run.kind !== "external") throw new Problem("run_kind_refused", "Etude trains this run and sets its rate itself.");
  if (run.status !== "running" && run.status !== "cancelling")
    throw new Problem("run_not_active", `The run is ${run.status}.`);
  if (attempt !== undefined && attempt !== run.attempt)
    throw new Problem("attempt_over", `The step belongs to attempt ${attempt}; the run is at attempt ${run.attempt}.`);
}

export const createRates = (pool: Pool): Rates => ({
  async give(runId, asked, next) {
    const { step, loss, evalLoss } = asked;
    for (let round = 0; round < maxRounds; round += 1) {
      const [run] = await rowsOf<Row>(pool, selectRates, [runId, step]);
      assertOpen(run, runId, asked.attempt);
      const { attempt, status, known } = run;
      if (known !== null) return { step, rate: known, attempt, status };
      const last = typeof run.step === "number" ? (run as LastRate) : null;
      const expected = last === null ? 0 : last.step + 1;
      if (step !== expected) {
        const message = `step is ${step}; allowed is ${expected}, the one after the last that was given`;
        throw new Problem("rate_step_refused", message, [{ path: "step", message, allowed: [expected] }]);
      }
      const { rate, state } = await next(last);
      const values = [runId, attempt, step, rate, loss, evalLoss, JSON.stringify(state), recentSteps, everySteps];
      const [kept] = await rowsOf<{ kept: number }>(pool, keepRate, values);
      if (kept?.kept === 1) return { step, rate, attempt, status };
    }
    throw new Problem("overloaded", "Others ask for the rates of this run at the same time.");
  },
});
