import type { OptimizerSpec } from "@etude/catalog";
import type { StudyEntrant, StudyPlan, StudyProblem } from "@etude/contracts";
import { type Outcome, train } from "../engine/train.ts";
import type { Problem } from "../engine/problem.ts";
import type { Cell, CellOutcome } from "./cell.ts";
import { resolveSchedule, settingsFor } from "./resolve-schedule.ts";

/** The problems of the suite by id. */
export type Suite = ReadonlyMap<string, Problem>;

/** Returns the element of this id. Throws where there is none. */
export function byId<Entry extends { readonly id: string }>(entries: readonly Entry[], id: string): Entry {
  const found = entries.find((entry) => entry.id === id);
  if (!found) throw new RangeError(`${id} is not one of ${entries.map((entry) => entry.id).join(", ")}`);
  return found;
}

/** Returns the problem of the suite that a problem of the plan stands for. Throws where the suite has none. */
export function suiteProblem(suite: Suite, problem: string): Problem {
  const found = suite.get(problem);
  if (!found) throw new RangeError(`problem ${problem} is not one of ${[...suite.keys()].join(", ")}`);
  return found;
}

/** Returns the optimizer of an entrant on a problem. */
export function optimizerFor(entrant: StudyEntrant, planned: StudyProblem, problem: Problem): OptimizerSpec {
  const own = planned.optimizer ?? problem.optimizer;
  return entrant.optimizers[own.kind] ?? entrant.optimizers["any"] ?? own;
}

/** Runs one cell on the array engine. */
export function executeCell(plan: StudyPlan, suite: Suite, cell: Cell): CellOutcome {
  const planned = byId(plan.problems, cell.problem);
  const entrant = byId(plan.entrants, cell.entrant);
  const problem = suiteProblem(suite, planned.problem);
  const steps = planned.steps ?? problem.steps;
  const { measurements } = plan.protocols[planned.protocol]!;
  const outcome = train(problem, {
    schedule: resolveSchedule(settingsFor(entrant, problem.domain)[cell.setting]!, cell.rate, steps),
    optimizer: optimizerFor(entrant, planned, problem),
    seed: cell.seed,
    steps,
    ...(cell.keep === "curve" && { measureEvery: Math.max(1, Math.floor(steps / measurements)) }),
  });
  return { ...cell, ...summary(outcome, steps), ...kept(outcome, cell.keep, steps) };
}

const digits = (value: number, count = 8): number => (Number.isFinite(value) ? +value.toPrecision(count) : value);

function summary(outcome: Outcome, steps: number) {
  const { trainLosses: losses, finalValidationLoss: validation, accuracy } = outcome;
  const tail = losses.subarray(Math.floor(0.9 * steps));
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  const area = mean(losses.map(Math.log));
  return {
    trainLoss: digits(outcome.finalTrainLoss),
    bestTrainLoss: digits(outcome.bestTrainLoss),
    tailTrainLoss: outcome.diverged || tail.length === 0 ? Infinity : digits(mean(tail)),
    ...(validation !== undefined && { validationLoss: digits(validation) }),
    ...(accuracy !== undefined && { accuracy }),
    areaLogLoss: Number.isFinite(area) && !outcome.diverged ? digits(area) : null,
    diverged: outcome.diverged,
    gradientEvaluations: outcome.gradientEvaluations,
    extraForwards: outcome.extraForwards,
    seconds: digits(outcome.seconds, 4),
    stateBytes: outcome.stateBytes,
    optimizerBytes: outcome.optimizerBytes,
  };
}

/** Places of a trace. */
const places = 200;

function kept(outcome: Outcome, keep: Cell["keep"], steps: number): Pick<CellOutcome, "curve" | "trace"> {
  if (keep === "curve") {
    const { measurements, cost } = outcome;
    const atEnd = measurements.steps.at(-1) === steps || outcome.diverged;
    const losses = [...measurements.losses, ...(atEnd ? [] : [outcome.finalTrainLoss])];
    const costs = [...measurements.costs, ...(atEnd ? [] : [cost])];
    return { curve: { losses: losses.map((loss) => digits(loss, 6)), costs: costs.map((cost) => digits(cost, 6)) } };
  }
  if (keep === "end") return {};
  const made = outcome.rates.length;
  const stride = Math.max(1, Math.ceil(made / places));
  const shown = Array.from({ length: Math.ceil(made / stride) }, (_, i) => i * stride);
  return {
    trace: {
      steps: shown,
      rates: shown.map((step) => digits(outcome.rates[step]!, 6)),
      losses: shown.map((step) => {
        const seen = outcome.trainLosses.subarray(step, Math.min(step + stride, made));
        return digits(seen.reduce((sum, loss) => sum + loss, 0) / seen.length, 6);
      }),
    },
  };
}
