import type { Failure, RunSummary } from "@etude/contracts";
import { type Counters, countEvaluation, summarise } from "./counters.ts";
import { evaluate } from "./evaluate.ts";
import type { FedBatch } from "./feed.ts";
import type { Prepared } from "./prepare.ts";
import { recordClipped, recordEvaluation, recordUpdate } from "./record.ts";
import type { Recorder } from "./recorder.ts";
import { stopsAfter } from "./stopping.ts";
import { type Updated, update } from "./update.ts";

/** What the loop asks of its surroundings. */
export interface Surroundings {
  readonly recorder: Recorder;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** A request to stop, or undefined. */
  readonly interrupted: () => "cancel" | "pause" | undefined;
  /** Called between updates: sends points, waits where the receiver is behind. */
  readonly afterUpdate: () => Promise<void>;
  /** Stores the run as it stands between two updates. */
  readonly save: () => Promise<void>;
}

export interface TrainingEnd {
  readonly outcome: "completed" | "cancelled" | "paused" | "failed";
  readonly failure: Failure | null;
  readonly summary: RunSummary;
}

/** Makes updates until the budget is spent, a stopping rule holds, the run diverges or it is interrupted. */
export async function train(prepared: Prepared, surroundings: Surroundings): Promise<TrainingEnd> {
  const { spec, session, moving, counters, horizon } = prepared;
  const { now, interrupted, afterUpdate, save } = surroundings;
  const begun = now() - counters.seconds * 1000;
  const tick = (): number => (counters.seconds = (now() - begun) / 1000);
  const end = (outcome: TrainingEnd["outcome"], failure: Failure | null = null): TrainingEnd => {
    tick();
    return { outcome, failure, summary: summarise(counters, moving.step) };
  };
  let saved = { step: moving.step, at: now() };
  let tensors: number | undefined;
  session.watch.restart();
  while (moving.step < horizon) {
    const request = interrupted();
    if (request === "cancel") return end("cancelled");
    if (request === "pause") {
      tick();
      // Twice at one step would replace a file that is being registered; without an update there is nothing new to keep.
      if (saved.step !== moving.step) await save();
      return end("paused");
    }
    const limit = spec.stop.afterSeconds;
    if (limit !== undefined && tick() > limit) {
      const message = `the run took longer than stop.afterSeconds, ${limit} s`;
      return end("failed", { reason: "time-limit", message, step: moving.step });
    }
    const step = moving.step;
    const { evaluated, diverged, stop } = await advance(prepared, surroundings.recorder, tick);
    if (diverged !== undefined) return end("failed", { reason: "diverged", message: diverged, step });
    if (evaluated) tensors = checkTensors(session.tf.memory().numTensors, tensors);
    if (stop) {
      await afterUpdate();
      break;
    }
    const { everySteps, everySeconds } = spec.checkpoint;
    const due = now() - saved.at >= everySeconds * 1000 || moving.step - saved.step >= (everySteps ?? Infinity);
    if (due && moving.step < horizon) {
      tick();
      await save();
      saved = { step: moving.step, at: now() };
    }
    await afterUpdate();
    await session.breathe();
    session.watch.lap("record");
  }
  tick();
  if (spec.checkpoint.keep === "all" && saved.step !== moving.step) await save();
  return end("completed");
}

interface Advanced {
  readonly evaluated: boolean;
  /** Why the run counts as diverged. */
  readonly diverged?: string;
  /** A stopping rule of the specification holds. */
  readonly stop: boolean;
}

/** Makes one update, records it, evaluates when it is time, and tells the schedule. */
async function advance(prepared: Prepared, recorder: Recorder, tick: () => number): Promise<Advanced> {
  const { spec, session, batches, validation, parts, horizon, moving, counters } = prepared;
  const { model, schedule, watch } = session;
  const { step } = moving;
  const batch = batches.at(step);
  watch.lap("data");
  const updated = await update(session, moving, parts, batch);
  watch.lap("compute");
  count(counters, batch, updated);
  recordUpdate(recorder, step, updated, counters, model.groups, schedule.needs.judge);
  if (session.clip) recordClipped(recorder, step, updated, session.clip);
  recordTrainMetrics(prepared, recorder, batch, updated);
  batches.release(batch);
  watch.lap("record");
  const { loss, gradientNorm } = updated.measured;
  const { rates } = updated;
  if (!rates) {
    const what = Number.isFinite(loss) ? `the gradient's norm is ${gradientNorm}` : `the training loss is ${loss}`;
    return { evaluated: false, diverged: `${what} at step ${step}`, stop: false };
  }
  if (model.divergesAbove !== undefined && loss > model.divergesAbove * counters.firstLoss!) {
    const message = `the training loss ${loss} at step ${step} is above ${model.divergesAbove} times the first one, ${counters.firstLoss}`;
    return { evaluated: false, diverged: message, stop: false };
  }
  const due = (step + 1) % spec.evaluateEvery === 0 || step + 1 === horizon;
  const evaluation = due ? await evaluate(session, validation, moving.optimizer, step) : undefined;
  watch.lap("compute");
  moving.schedule = schedule.observe(moving.schedule, step, {
    applied: rates.spread?.mean ?? (rates.perGroup ? rates.applied : rates.applied[0]!),
    trainLoss: loss,
    ...(evaluation && { evalLoss: evaluation.loss }),
  });
  watch.lap("schedule");
  moving.step = step + 1;
  if (!evaluation) return { evaluated: false, stop: false };
  tick();
  countEvaluation(counters, step, evaluation.loss, evaluation.metrics.get("accuracy"));
  recordEvaluation(recorder, step, evaluation, counters);
  return {
    evaluated: true,
    ...(!evaluation.finiteWeights && { diverged: `a weight is not a finite number after step ${step}` }),
    stop: stopsAfter(spec.stop, evaluation, counters),
  };
}

function count(counters: Counters, batch: FedBatch, { measured, forwardPasses }: Updated): void {
  counters.examples += batch.size;
  counters.forwardPasses += forwardPasses;
  counters.firstLoss ??= measured.loss;
  counters.lastLoss = measured.loss;
}

function recordTrainMetrics(
  { validation, moving }: Prepared,
  recorder: Recorder,
  batch: FedBatch,
  { measured }: Updated,
): void {
  if (!measured.outputs) return;
  for (const { kind, compute } of validation.metrics) {
    recorder.add(`train/${kind}`, moving.step, compute(measured.outputs, batch.hostTargets, batch.size));
  }
}

/** Throws when tensors were left behind since the last evaluation: a slow leak would end in an opaque crash. */
function checkTensors(count: number, expected: number | undefined): number {
  if (expected !== undefined && count !== expected) {
    throw new Error(`tensors leak: ${count} after this evaluation, ${expected} after the one before`);
  }
  return count;
}
