import {
  bindSchedule,
  combinationProblem,
  type Judged,
  type Json,
  optimizerUnder,
  type ScheduleSpec,
  type Trial,
} from "@etude/catalog";
import type { Problem } from "./problem.ts";
import { Run, type RunOptions } from "./run.ts";

export interface TrainOptions extends RunOptions {
  /** Parsed by ScheduleSpec. */
  readonly schedule: ScheduleSpec;
  /** Updates; absent: the problem's own. */
  readonly steps?: number | undefined;
  /** For the schedule `learned`: the policy's weights. */
  readonly policy?: Json | undefined;
  /** For the schedule `replay`: by run id the rate of each update. */
  readonly curves?: Readonly<Record<string, ArrayLike<number>>> | undefined;
  /**
   * Validates after every so many updates. Absent: 40 times a run for a schedule that reads the validation loss, not at
   * all for others. Where a problem holds nothing back, its training objective stands for the validation loss.
   */
  readonly validateEvery?: number | undefined;
  /** Takes the whole training loss after every so many updates, for costs to a target; absent: only at the end. */
  readonly measureEvery?: number | undefined;
}

/** Losses seen on the way, with the cost spent until each. */
export interface Curve {
  /** Updates made before each measurement. */
  readonly steps: number[];
  readonly losses: number[];
  /** Gradient evaluations + ⅓ per extra forward pass. */
  readonly costs: number[];
}

export interface Outcome {
  /** The loss of every update's batch, before the update. Of a diverged run the last one is the loss that ended it. */
  readonly trainLosses: Float64Array;
  /** The rate of every update as applied, after clipping: the mean over groups, for a rate per parameter over all weights. */
  readonly rates: Float64Array;
  /** The whole training objective without noise at the end; Infinity when diverged. */
  readonly finalTrainLoss: number;
  /** The lowest batch loss. */
  readonly bestTrainLoss: number;
  readonly finalValidationLoss?: number;
  readonly accuracy?: number;
  readonly diverged: boolean;
  /** The update that was not made; the number of updates when only the final weights give no finite loss. */
  readonly divergedAt?: number;
  /** An alternating update takes one gradient a group. */
  readonly gradientEvaluations: number;
  /** Forward passes of line searches. */
  readonly extraForwards: number;
  /** Gradient evaluations + ⅓ per extra forward pass. */
  readonly cost: number;
  readonly validations: Curve;
  readonly measurements: Curve;
  /** Time of the updates, evaluations left out. */
  readonly seconds: number;
  /** Bytes that the schedule remembers: its state as JSON, rates a weight and kept directions. */
  readonly stateBytes: number;
  readonly optimizerBytes: number;
}

const emptyCurve = (): Curve => ({ steps: [], losses: [], costs: [] });

/** Returns gradient evaluations + ⅓ per extra forward pass. */
const costOf = ({ updater }: Run): number => updater.gradientEvaluations + updater.extraForwards / 3;

function add(curve: Curve, run: Run, loss: number): number {
  curve.steps.push(run.updater.step);
  curve.losses.push(loss);
  curve.costs.push(costOf(run));
  return loss;
}

/**
 * Trains the problem under a schedule of the catalogue, as the trainer would: planned and applied rates, line searches on
 * the update's own batch, hypergradients, projections and clipping. Throws an Error where optimizer and schedule do not
 * go together.
 */
export function train(problem: Problem, options: TrainOptions): Outcome {
  const { schedule: spec, steps = problem.steps, policy, curves, measureEvery = Infinity } = options;
  const optimizer = optimizerUnder(spec, options.optimizer ?? problem.optimizer);
  const unfit = combinationProblem(optimizer, spec);
  if (unfit !== undefined) throw new Error(unfit);
  const run = new Run(problem, { ...options, optimizer });
  const { updater } = run;
  const initialBound = updater.bounds();
  const schedule = bindSchedule(spec, {
    horizon: steps,
    groups: problem.groups,
    stepsPerEpoch: problem.stepsPerEpoch,
    ...(curves && { curves }),
    ...(policy !== undefined && { policy }),
    ...(initialBound && { initialBound }),
  });
  const { needs } = schedule;
  updater.measureFor(needs.before);
  const validateEvery = options.validateEvery ?? (needs.evalLoss ? Math.max(1, Math.floor(steps / 40)) : Infinity);
  const trainLosses = new Float64Array(steps);
  const rates = new Float64Array(steps);
  const [validations, measurements] = [emptyCurve(), emptyCurve()];
  let state = schedule.start();
  const judge = needs.judge
    ? (trial: Trial): Judged<Json>["then"] => {
        const judged = schedule.judge!(state, trial);
        state = judged.state;
        return judged.then;
      }
    : undefined;
  let made = 0;
  let seconds = 0;
  let resumed = performance.now();
  /** Evaluates outside the clock. */
  const aside = <Found>(evaluate: () => Found): Found => {
    seconds += (performance.now() - resumed) / 1000;
    const found = evaluate();
    resumed = performance.now();
    return found;
  };
  while (made < steps) {
    const step = updater.step;
    let perGroup = false;
    let perParameter = false;
    const loss = run.update((before) => {
      const plan = schedule.plan(state, step, before);
      state = plan.state;
      perGroup = Array.isArray(plan.rate);
      perParameter = typeof plan.rate === "object" && "perParameter" in plan.rate;
      return { rate: plan.rate, momentum: plan.momentum, judge };
    });
    trainLosses[made] = loss;
    if (run.divergedAt !== undefined) break;
    rates[made++] = updater.rate;
    const evalLoss =
      made % validateEvery === 0
        ? aside(() => add(validations, run, run.validation()?.loss ?? run.trainLoss()))
        : undefined;
    if (made % measureEvery === 0) aside(() => add(measurements, run, run.trainLoss()));
    perGroup ||= !perParameter && updater.applied.some((rate) => rate !== updater.applied[0]);
    state = schedule.observe(state, step, {
      applied: perGroup ? Array.from(updater.applied) : updater.rate,
      trainLoss: loss,
      ...(evalLoss !== undefined && { evalLoss }),
    });
  }
  seconds += (performance.now() - resumed) / 1000;
  const finalTrainLoss = run.trainLoss();
  const validation = run.validation();
  const diverged = finalTrainLoss === Infinity;
  const seen = trainLosses.subarray(0, Math.min(steps, made + (made < steps ? 1 : 0)));
  return {
    trainLosses: seen,
    rates: rates.subarray(0, made),
    finalTrainLoss,
    bestTrainLoss: seen.reduce((best, loss) => (loss < best ? loss : best), Infinity),
    ...(validation && { finalValidationLoss: validation.loss }),
    ...(validation?.accuracy !== undefined && { accuracy: validation.accuracy }),
    diverged,
    ...(diverged && { divergedAt: made }),
    gradientEvaluations: updater.gradientEvaluations,
    extraForwards: updater.extraForwards,
    cost: costOf(run),
    validations,
    measurements,
    seconds,
    stateBytes: new TextEncoder().encode(JSON.stringify(state)).length + updater.scheduleBytes,
    optimizerBytes: updater.optimizer.stateBytes,
  };
}

/** Returns the cost at the first measurement at or below the target; Infinity when none was. */
export function costToTarget({ measurements }: Pick<Outcome, "measurements">, target: number): number {
  const at = measurements.losses.findIndex((loss) => loss <= target);
  return at < 0 ? Infinity : measurements.costs[at]!;
}
