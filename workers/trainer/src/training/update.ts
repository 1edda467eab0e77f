import { type Batch, clipGradients } from "@etude/catalog";
import { free } from "./free.ts";
import { differentiate } from "./gradients.ts";
import { measure, type Measured } from "./measure.ts";
import type { Part } from "./part.ts";
import { type PartUpdate, updatePart } from "./part-update.ts";
import { type RateSpread, spreadOf } from "./per-parameter.ts";
import type { Moving, Session } from "./session.ts";

/** Rates of an update, one value a group of the model. */
export interface AppliedRates {
  /** As scheduled. */
  readonly planned: readonly number[];
  /** As used; for a rate per parameter the mean of the group. */
  readonly applied: readonly number[];
  /** The model's stability bound, when it has one. */
  readonly bound: readonly number[] | undefined;
  /** Whether groups differ, so that they are recorded one by one. */
  readonly perGroup: boolean;
  readonly spread: RateSpread | undefined;
  readonly momentum: number | undefined;
}

/** What one update did. */
export interface Updated {
  readonly measured: Measured;
  /** Undefined when nothing was applied, because loss or gradient were not finite. */
  readonly rates: AppliedRates | undefined;
  /** Forward passes, that of the gradient included. */
  readonly forwardPasses: number;
}

/** Makes update `moving.step` on the batch: measure, plan, then part by part direction, clipping and application. */
export async function update(session: Session, moving: Moving, parts: readonly Part[], batch: Batch): Promise<Updated> {
  const { tf, read, model, optimizer, schedule, clip, watch } = session;
  const { weights, groups } = model;
  const pass = { training: true, step: moving.step };
  const first = differentiate(tf, model, batch, pass, weights);
  const bound = await model.stabilityBounds?.(batch);
  const measured = await measure({
    tf,
    read,
    weights,
    groups,
    differentiated: first,
    previous: moving.previous,
    coupledDecay: optimizer.coupledDecay,
    needs: schedule.needs.before,
    bound,
  });
  free([first.loss, first.outputs]);
  if (!Number.isFinite(measured.loss) || !Number.isFinite(measured.gradientNorm)) {
    free(first.gradients);
    return { measured, rates: undefined, forwardPasses: 1 };
  }
  watch.lap("compute");
  const plan = schedule.plan(moving.schedule, moving.step, measured.before);
  moving.schedule = plan.state;
  watch.lap("schedule");

  const done: PartUpdate[] = [];
  let forwardPasses = 0;
  for (const [at, part] of parts.entries()) {
    const shared = { session, moving, part, batch, pass, plan };
    if (at === 0) {
      const own = part.indices.map((i) => first.gradients[i]!);
      const clipped = clip && tf.tidy(() => clipGradients(tf, own, clip));
      forwardPasses++;
      done.push(await updatePart({ ...shared, gradients: clipped ?? own, loss: measured.loss, bound }));
      if (clipped) free(clipped);
    } else {
      // The earlier parts have moved: gradient, loss and bound of this one are taken anew.
      const again = differentiate(tf, model, batch, pass, part.weights);
      forwardPasses++;
      const loss = schedule.needs.judge ? (await read([again.loss]))[0]![0]! : Number.NaN;
      free([again.loss, again.outputs]);
      const moved = await model.stabilityBounds?.(batch);
      done.push(await updatePart({ ...shared, gradients: again.gradients, loss, bound: moved }));
      free(again.gradients);
    }
    forwardPasses += done.at(-1)!.trials;
  }
  free(first.gradients);
  return { measured, rates: merge(groups, parts, done, plan), forwardPasses };
}

function merge(
  groups: readonly string[],
  parts: readonly Part[],
  done: readonly PartUpdate[],
  plan: { readonly rate: unknown; readonly momentum?: number },
): AppliedRates {
  const at = groups.map((group) => {
    const part = parts.findIndex((candidate) => candidate.groups.includes(group));
    return { result: done[part]!, index: parts[part]!.groups.indexOf(group) };
  });
  const applied = at.map(({ result, index }) => result.applied[index]!);
  const values = done.flatMap((result) => result.parameterRates ?? []);
  return {
    planned: at.map(({ result, index }) => result.planned[index]!),
    applied,
    bound: done[0]!.bound && at.map(({ result, index }) => result.bound![index]!),
    perGroup: Array.isArray(plan.rate) || applied.some((rate) => rate !== applied[0]),
    spread: values.length > 0 ? spreadOf(values) : undefined,
    momentum: plan.momentum,
  };
}
