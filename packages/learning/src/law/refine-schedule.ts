import type { ScheduleInput } from "@etude/catalog";
import { LawError } from "./law-error.ts";
import type { Column } from "./loss-curve.ts";

export interface RefineOptions {
  /** Highest rate of the schedule. */
  readonly peak: number;
  /** Updates in the run. */
  readonly steps: number;
  /** `sgd` weighs a step by G⁻², `adam` (updates of normalised size) by G⁻¹. */
  readonly update: "sgd" | "adam";
}

const filterWidth = 0.1;
const weightCap = 20;
const maxBlocks = 1000;
const maxPoints = 128;

/**
 * Returns the schedule that the gradient norms of a finished run suggest (Defazio et al. 2023, arXiv 2310.07831): with
 * weights w of the median-filtered norms, η_t ∝ w_t·Σ_{s>t} w_s, its maximum at `peak`. Equal norms give linear decay to
 * 0. A weight is at most 20 times the median weight: runs that interpolate would put everything at their end. Throws
 * LawError no-gradient-norms.
 */
export function refineSchedule(norms: Column, { peak, steps, update }: RefineOptions): ScheduleInput {
  const blocks = blockMedians(norms, steps);
  const filtered = medianFilter(blocks, Math.max(1, Math.round(filterWidth * blocks.length)));
  const power = update === "sgd" ? -2 : -1;
  const raw = filtered.map((norm) => norm ** power);
  const cap = weightCap * median(raw);
  const weights = raw.map((weight) => Math.min(weight, cap));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let rest = total;
  // The middle of a block, where half of its own weight is still to come.
  const rates = weights.map((weight) => {
    rest -= weight;
    return (weight * (rest + weight / 2)) / total;
  });
  const every = Math.ceil(blocks.length / maxPoints);
  const kept = [...rates.keys()].filter((i) => i % every === 0);
  const highest = kept.reduce((most, i) => Math.max(most, rates[i]!), 0);
  const points = kept.map((i) => ({ at: ((i + 0.5) / blocks.length) * steps, rate: (peak * rates[i]!) / highest }));
  return { kind: "piecewise", points: [...points, { at: steps, rate: 0 }] };
}

/** Medians over equal stretches of the run, as many as there are norms, 1000 at most. */
function blockMedians({ step, value }: Column, steps: number): number[] {
  const count = Math.min(maxBlocks, step.length);
  if (count < 10) {
    throw new LawError("no-gradient-norms", `A refinement needs at least 10 gradient norms; the run has ${count}`);
  }
  const blocks: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < step.length; i++) {
    const norm = value[i]!;
    if (!Number.isFinite(norm) || norm < 0) {
      throw new LawError("no-gradient-norms", `The gradient norm at step ${step[i]} is ${norm}: the run diverged`);
    }
    blocks[Math.min(count - 1, Math.floor((step[i]! / steps) * count))]!.push(norm);
  }
  const known = blocks.filter(({ length }) => length > 0).map(median);
  const least = 1e-12 * known.reduce((a, b) => Math.max(a, b));
  if (least === 0) throw new LawError("no-gradient-norms", "All gradient norms are 0");
  return known.map((norm) => Math.max(norm, least));
}

function medianFilter(values: readonly number[], width: number): number[] {
  const half = Math.floor(width / 2);
  const last = values.length - 1;
  const reflected = (i: number): number => values[i < 0 ? -i : i > last ? 2 * last - i : i]!;
  return values.map((_, i) => median(Array.from({ length: 2 * half + 1 }, (_, k) => reflected(i - half + k))));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
