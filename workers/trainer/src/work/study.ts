import type { StudyRunSpec } from "@etude/contracts";
import {
  type CellOutcome,
  checkPlan,
  decodeOutcome,
  encodeOutcome,
  executeCell,
  expectedRuns,
  freezePlan,
  keyOf,
  reportFiles,
  runStudy,
  studyProblems,
} from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import type { Work, WorkContext, WorkEnd } from "./work.ts";

/** How much of a study a kill may cost, in seconds of computing. */
const checkpointEverySeconds = 20;

const mediaTypes: Readonly<Record<string, string>> = {
  json: "application/json",
  md: "text/markdown; charset=utf-8",
  svg: "image/svg+xml",
};

/** Runs a study on the array engine, cell by cell; its journal is the checkpoint. */
export const study: Work<StudyRunSpec> = {
  horizon: ({ plan }) => plan.problems.reduce((sum, problem) => sum + expectedRuns(plan, problem), 0),
  async run({ plan }, context): Promise<WorkEnd> {
    const frozen = freezePlan(plan);
    const suite = studyProblems(await readSuiteFiles());
    const defects = checkPlan(frozen.plan, suite);
    if (defects.length > 0) throw new Error(`the plan does not fit: ${defects.join("; ")}`);
    const outcomes = resumed(context);
    const progress = new Progress(context, outcomes.size);
    const complete = await runStudy({
      plan: frozen.plan,
      suite,
      outcomes,
      parallel: 1,
      shouldStop: () => context.interrupted() !== undefined,
      async execute(cells) {
        const found: CellOutcome[] = [];
        for (const cell of cells) {
          found.push(executeCell(frozen.plan, suite, cell));
          await context.breathe(outcomes.size + found.length);
        }
        await progress.keepIfDue(outcomes, found);
        return found;
      },
      report: ({ done, secondsLeft }) => progress.tell(done, secondsLeft),
    });
    const request = context.interrupted();
    if (!complete && request === "cancel") return { outcome: "cancelled", summary: null };
    if (!complete) {
      await progress.keep(outcomes);
      return { outcome: "paused", summary: null };
    }
    const encoder = new TextEncoder();
    const files = reportFiles(frozen, suite, outcomes, { command: "POST /v1/studies with plan.json" });
    for (const [name, text] of Object.entries({ "plan.json": frozen.text, ...files })) {
      await context.leave(name, mediaTypes[name.split(".").at(-1)!]!, encoder.encode(text));
    }
    const seconds = [...outcomes.values()].reduce((sum, outcome) => sum + outcome.seconds, 0);
    const steps = outcomes.size;
    return { outcome: "completed", summary: { steps, seconds, stepsPerSecond: steps / Math.max(seconds, 1e-9) } };
  },
};

/** What earlier attempts have run. */
function resumed({ resume }: WorkContext): Map<string, CellOutcome> {
  const lines = resume ? new TextDecoder().decode(resume).split("\n") : [];
  return new Map(
    lines.filter(Boolean).map((line) => {
      const outcome = decodeOutcome(line);
      return [keyOf(outcome), outcome];
    }),
  );
}

/** Tells how far the study is, and keeps what it has. */
class Progress {
  readonly #context: WorkContext;
  #told: number;
  #kept: number;
  #spent = 0;

  constructor(context: WorkContext, done: number) {
    this.#context = context;
    this.#told = done;
    this.#kept = done;
  }

  tell(done: number, secondsLeft: number | null): void {
    if (done <= this.#told || secondsLeft === null) return;
    this.#told = done;
    this.#context.point("study/seconds-left", done - 1, secondsLeft);
  }

  async keepIfDue(outcomes: ReadonlyMap<string, CellOutcome>, fresh: readonly CellOutcome[]): Promise<void> {
    this.#spent += fresh.reduce((sum, { seconds }) => sum + seconds, 0);
    if (this.#spent >= checkpointEverySeconds) await this.keep(outcomes);
  }

  async keep(outcomes: ReadonlyMap<string, CellOutcome>): Promise<void> {
    this.#spent = 0;
    if (outcomes.size <= this.#kept) return;
    this.#kept = outcomes.size;
    const journal = [...outcomes.values()].map((outcome) => `${encodeOutcome(outcome)}\n`).join("");
    await this.#context.checkpoint(outcomes.size, new TextEncoder().encode(journal));
  }
}
