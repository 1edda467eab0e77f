import {
  type BuiltModel,
  batchOrder,
  bindSchedule,
  clipProblem,
  combinationProblem,
  type Data,
  type Json,
  modelOf,
  metricProblem,
  optimizerOf,
  optimizerUnder,
  startAt,
  recordedMetrics,
  type Tf,
} from "@etude/catalog";
import type { TrainingSpec } from "@etude/contracts";
import { type Counters, freshCounters } from "./counters.ts";
import { type EvaluationSet, evaluationSet } from "./evaluate.ts";
import { type Feeder, feeder } from "./feed.ts";
import { type Part, partsOf } from "./part.ts";
import { reader } from "./read.ts";
import type { Moving, Session } from "./session.ts";
import { Stopwatch } from "./stopwatch.ts";

/** A run that is ready to make its first update. */
export interface Prepared {
  readonly spec: TrainingSpec;
  readonly data: Data;
  readonly session: Session;
  readonly batches: Feeder;
  readonly validation: EvaluationSet;
  readonly parts: readonly Part[];
  /** Updates in the whole run. */
  readonly horizon: number;
  /** Trainable weights. */
  readonly parameters: number;
  readonly moving: Moving;
  readonly counters: Counters;
  /** Frees all tensors of the run. */
  dispose(): void;
}

/** The parts of a specification do not fit together or do not fit the data. */
export class UnfitError extends Error {
  override readonly name = "UnfitError";
}

interface PrepareInput {
  readonly tf: Tf;
  readonly readsAtOnce: boolean;
  readonly spec: TrainingSpec;
  readonly data: Data;
  /** The recorded rates of each replayed run, by its id. */
  readonly curves: Readonly<Record<string, ArrayLike<number>>>;
  /** The weights of the policy that was trained here, where the schedule names one. */
  readonly policy?: Json;
  readonly breathe: () => Promise<void>;
}

/** Builds model, optimizer and schedule for the data. Throws UnfitError with a message for the user. */
export async function prepare(input: PrepareInput): Promise<Prepared> {
  const { tf, readsAtOnce, spec, data, curves, policy, breathe } = input;
  const problem = combinationProblem(spec.optimizer, spec.schedule);
  if (problem !== undefined) throw new UnfitError(problem);
  const definition = modelOf(spec.model);
  if (!definition.tasks.includes(data.task)) {
    throw new UnfitError(
      `model ${definition.kind} learns ${definition.tasks.join(" or ")}, but dataset ${spec.dataset.kind} is for ${data.task}`,
    );
  }
  const unfit = spec.gradientClip && clipProblem(spec.schedule, data.task);
  if (unfit !== undefined) throw new UnfitError(unfit);
  const unknown = metricProblem(spec, data.task);
  if (unknown) throw new UnfitError(`${unknown.path}: ${unknown.message}`);
  const order = batchOrder(data.train.count, spec.batchSize, spec.order, spec.seed);
  const horizon = "steps" in spec.budget ? spec.budget.steps : spec.budget.epochs * order.stepsPerEpoch;
  const first = spec.continueFrom?.step ?? 0;
  if (horizon <= first) throw new UnfitError(`the budget is ${horizon} steps, but the run goes on at step ${first}`);
  const batches = feeder(tf, data, order);
  const model = fitting(() => definition.build(tf, spec.model, { data, seed: spec.seed, batchSize: spec.batchSize }));
  try {
    const optimizer = optimizerOf(spec.optimizer).bind(optimizerUnder(spec.schedule, spec.optimizer));
    const initialBound = await boundAtStart(model, batches);
    const schedule = fitting(() =>
      bindSchedule(spec.schedule, {
        horizon: horizon - first,
        groups: model.groups,
        stepsPerEpoch: order.stepsPerEpoch,
        curves,
        ...(policy !== undefined && policy !== null && { policy }),
        ...(initialBound && { initialBound }),
      }),
    );
    const validation = evaluationSet(tf, data, data.validation, recordedMetrics(spec, data.task));
    const start = model.weights.map(({ name, variable }) => ({ name, shape: variable.shape, value: variable }));
    const moving: Moving = {
      step: 0,
      schedule: schedule.start(),
      optimizer: tf.tidy(() => optimizer.start(tf, start)),
      previous: null,
      rates: null,
    };
    const counters = freshCounters();
    const watch = new Stopwatch(counters);
    return {
      spec,
      data,
      session: {
        tf,
        read: reader(readsAtOnce),
        model,
        optimizer,
        schedule: startAt(schedule, first),
        clip: spec.gradientClip,
        breathe,
        watch,
      },
      batches,
      validation,
      parts: partsOf(model),
      horizon,
      parameters: model.weights.reduce((sum, { variable }) => sum + variable.size, 0),
      moving,
      counters,
      dispose() {
        model.dispose();
        batches.dispose();
        for (const batch of validation.batches) batch.dispose();
        tf.dispose([...Object.values(moving.optimizer), ...(moving.previous ?? []), ...(moving.rates ?? [])]);
      },
    };
  } catch (error) {
    model.dispose();
    batches.dispose();
    throw error;
  }
}

function fitting<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw new UnfitError(error instanceof Error ? error.message : String(error));
  }
}

async function boundAtStart(model: BuiltModel, batches: Feeder): Promise<readonly number[] | undefined> {
  if (!model.stabilityBounds) return undefined;
  const batch = batches.at(0);
  const bounds = await model.stabilityBounds(batch);
  batches.release(batch);
  return bounds;
}
