import type { StudyPlan } from "@etude/contracts";
import pLimit from "p-limit";
import { type Cell, type CellOutcome, keyOf } from "./cell.ts";
import { type Suite, suiteProblem } from "./execute-cell.ts";
import { expectedRuns, missingCells, type Stage, stages } from "./protocol.ts";

export interface StudyProgress {
  readonly stage: Stage;
  /** Runs done, those of an earlier start included, and runs expected in all. */
  readonly done: number;
  readonly expected: number;
  /** Null until every problem has been timed. */
  readonly secondsLeft: number | null;
}

export interface StudyOptions {
  readonly plan: StudyPlan;
  readonly suite: Suite;
  /** What an earlier start has run; new outcomes are added. */
  readonly outcomes: Map<string, CellOutcome>;
  /** Runs a batch of cells of one problem; up to `parallel` batches are under way. */
  execute(cells: readonly Cell[]): Promise<readonly CellOutcome[]>;
  readonly parallel: number;
  /** Runs the cells of these entrants alone, and leaves the others to a later start. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Called with every finished batch, before the next one of its place begins: keep it. */
  record?(outcomes: readonly CellOutcome[]): void;
  report?(progress: StudyProgress): void;
  /** Asked before every batch. */
  shouldStop?(): boolean;
}

/** A batch should take about this long: long enough to hide the cost of sending it, short enough to lose when killed. */
const batchSeconds = 0.5;

/**
 * Runs what a study still lacks, stage by stage. Returns true when all of it is done, false when it was stopped. Every
 * cell is run once: a study that was killed goes on from the outcomes that were recorded.
 */
export async function runStudy(options: StudyOptions): Promise<boolean> {
  const { plan, suite, outcomes, parallel, only, execute, record, report, shouldStop } = options;
  // Those that wait may still extend a grid: then the others are tuned on, and evaluated again where that moves them.
  const working = only ? { ...plan, entrants: plan.entrants.filter(({ id }) => only.has(id)) } : plan;
  const limit = pLimit(parallel);
  const clock = new Clock(working, outcomes);
  const stopped = (): boolean => shouldStop?.() === true;

  const runAll = async (stage: Stage, cells: readonly Cell[]): Promise<void> => {
    const size = clock.batchSize(cells[0]!.problem);
    const batches = Array.from({ length: Math.ceil(cells.length / size) }, (_, i) =>
      cells.slice(i * size, (i + 1) * size),
    );
    await Promise.all(
      batches.map((batch) =>
        limit(async () => {
          if (stopped()) return;
          const before = performance.now();
          const found = await execute(batch);
          clock.took(batch, (performance.now() - before) / 1000);
          for (const outcome of found) outcomes.set(keyOf(outcome), outcome);
          record?.(found);
          report?.(clock.progress(stage, parallel));
        }),
      ),
    );
  };

  const missing = (stage: Stage, id: string): readonly Cell[] => {
    const problem = plan.problems.find((one) => one.id === id)!;
    return missingCells(stage, working, problem, suiteProblem(suite, problem.problem), outcomes);
  };
  // One run of every problem first: it says how long the others will take.
  for (const { id } of plan.problems) {
    const [cell] = stages.flatMap((stage) => missing(stage, id).slice(0, 1));
    if (cell && !stopped()) await runAll("tuning", [cell]);
  }
  const few = pLimit(parallel);
  for (const group of [
    ["tuning", "evaluation"],
    ["untuned", "figures"],
  ] as const) {
    await Promise.all(
      plan.problems.map(({ id }) =>
        few(async () => {
          for (const stage of group) {
            for (let cells = missing(stage, id); cells.length > 0 && !stopped(); cells = missing(stage, id)) {
              await runAll(stage, cells);
            }
          }
        }),
      ),
    );
  }
  return !only && plan.problems.every(({ id }) => stages.every((stage) => missing(stage, id).length === 0));
}

/** Counts runs and learns how long they take. */
class Clock {
  readonly #plan: StudyPlan;
  readonly #outcomes: ReadonlyMap<string, CellOutcome>;
  readonly #seconds = new Map<string, { runs: number; seconds: number }>();

  constructor(plan: StudyPlan, outcomes: ReadonlyMap<string, CellOutcome>) {
    this.#plan = plan;
    this.#outcomes = outcomes;
  }

  took(cells: readonly Cell[], seconds: number): void {
    const problem = cells[0]!.problem;
    const known = this.#seconds.get(problem) ?? { runs: 0, seconds: 0 };
    this.#seconds.set(problem, { runs: known.runs + cells.length, seconds: known.seconds + seconds });
  }

  batchSize(problem: string): number {
    const known = this.#seconds.get(problem);
    return known ? Math.max(1, Math.min(500, Math.round((batchSeconds * known.runs) / known.seconds))) : 1;
  }

  progress(stage: Stage, parallel: number): StudyProgress {
    const done = new Map<string, number>();
    for (const { problem } of this.#outcomes.values()) done.set(problem, (done.get(problem) ?? 0) + 1);
    let expected = 0;
    let seconds: number | null = 0;
    for (const problem of this.#plan.problems) {
      const made = done.get(problem.id) ?? 0;
      const runs = Math.max(made, expectedRuns(this.#plan, problem));
      expected += runs;
      const known = this.#seconds.get(problem.id);
      if (runs === made) continue;
      seconds = known && seconds !== null ? seconds + ((runs - made) * known.seconds) / known.runs / parallel : null;
    }
    return { stage, done: this.#outcomes.size, expected, secondsLeft: seconds };
  }
}
