import type { Column, LossCurve } from "./loss-curve.ts";

/** Largest ratio of rates within one block: the law is sensitive to the rate after a change. */
const maxRatio = 1.2;
const maxSplits = 16;

/** A curve as the law sees it: areas under the rate, and the changes of the rate in blocks. */
export interface RateProfile {
  /** Area under the rate up to each row of the loss, from step 0 on, S. */
  readonly area: Float64Array;
  /** How many blocks lie before each row. */
  readonly before: Int32Array;
  /** Fall of the rate in each block (a rise is negative), its rate in the middle, and the area up to there. */
  readonly drop: Float64Array;
  readonly rate: Float64Array;
  readonly areaAt: Float64Array;
}

interface Knots {
  readonly step: number[];
  readonly value: number[];
}

interface Block {
  readonly drop: number;
  readonly rate: number;
  readonly area: number;
}

/**
 * Returns areas and blocks of a curve whose rate rose from 0 for `warmup` steps and then stood until the first knot.
 * Changes of the rate before step `from` count towards the area only. A smooth change is divided into about `blocks`.
 */
export function rateProfile(
  curve: Pick<LossCurve, "rate" | "loss">,
  { warmup, from, blocks: aimed }: { readonly warmup: number; readonly from: number; readonly blocks: number },
): RateProfile {
  const knots = withWarmup(curve.rate, warmup);
  const areas = areaAtKnots(knots);
  const blocks = merged(blocksOf(knots, areas, from), aimed);
  const rows = curve.loss.step.length;
  const area = new Float64Array(rows);
  const before = new Int32Array(rows);
  let segment = 0;
  let passed = 0;
  for (let row = 0; row < rows; row++) {
    const step = curve.loss.step[row]!;
    while (segment < knots.step.length - 1 && knots.step[segment + 1]! <= step) segment++;
    area[row] = areas[segment]! + areaWithin(knots, segment, step);
    while (passed < blocks.length && blocks[passed]!.area <= area[row]!) passed++;
    before[row] = passed;
  }
  return {
    area,
    before,
    drop: Float64Array.from(blocks, ({ drop }) => drop),
    rate: Float64Array.from(blocks, ({ rate }) => rate),
    areaAt: Float64Array.from(blocks, ({ area }) => area),
  };
}

function withWarmup({ step, value }: Column, warmup: number): Knots {
  const first = step[0]!;
  const rise = Math.min(warmup, first);
  const knots = { step: Array.from(step), value: Array.from(value) };
  if (rise < first) {
    knots.step.unshift(rise);
    knots.value.unshift(value[0]!);
  }
  if (rise > 0) {
    knots.step.unshift(0);
    knots.value.unshift(0);
  }
  return knots;
}

/** Area from knot `segment` to `step`; past the last knot the rate stays. */
function areaWithin({ step, value }: Knots, segment: number, at: number): number {
  const t = at - step[segment]!;
  const rate = value[segment]!;
  if (segment === step.length - 1) return rate * t;
  const slope = (value[segment + 1]! - rate) / (step[segment + 1]! - step[segment]!);
  return rate * t + (slope * t * t) / 2;
}

function areaAtKnots(knots: Knots): Float64Array {
  const areas = new Float64Array(knots.step.length);
  for (let i = 1; i < areas.length; i++) areas[i] = areas[i - 1]! + areaWithin(knots, i - 1, knots.step[i]!);
  return areas;
}

function blocksOf(knots: Knots, areas: Float64Array, from: number): Block[] {
  const blocks: Block[] = [];
  for (let i = 1; i < areas.length; i++) {
    const start = knots.value[i - 1]!;
    const drop = start - knots.value[i]!;
    if (drop === 0 || knots.step[i]! <= from) continue;
    const ratio = Math.max(start, knots.value[i]!) / Math.max(1e-300, Math.min(start, knots.value[i]!));
    const splits = Math.max(1, Math.min(maxSplits, Math.ceil(Math.log(ratio) / Math.log(maxRatio))));
    const length = knots.step[i]! - knots.step[i - 1]!;
    for (let k = 0; k < splits; k++) {
      const u = (k + 0.5) / splits;
      const at = knots.step[i - 1]! + u * length;
      blocks.push({ drop: drop / splits, rate: start - u * drop, area: areas[i - 1]! + areaWithin(knots, i - 1, at) });
    }
  }
  return blocks;
}

/** Joins neighbours that go the same way until a block holds its share of the whole change. */
function merged(blocks: readonly Block[], aimed: number): Block[] {
  const share = blocks.reduce((sum, { drop }) => sum + Math.abs(drop), 0) / aimed;
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (
      last &&
      Math.sign(last.drop) === Math.sign(block.drop) &&
      Math.abs(last.drop + block.drop) <= share &&
      Math.max(last.rate, block.rate) <= maxRatio * Math.min(last.rate, block.rate)
    ) {
      const drop = last.drop + block.drop;
      const mix = (a: number, b: number): number => (a * last.drop + b * block.drop) / drop;
      joined[joined.length - 1] = { drop, rate: mix(last.rate, block.rate), area: mix(last.area, block.area) };
    } else joined.push(block);
  }
  return joined;
}
