import { randomStream } from "@etude/catalog";
import { quantileSorted } from "simple-statistics";

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number;
  /** Share of the resampled statistics inside the interval. */
  readonly confidence: number;
}

const sorted = (values: Iterable<number>): Float64Array => Float64Array.from(values).sort();

const percentiles = (values: Float64Array, confidence: number): readonly [number, number] => [
  quantileSorted(values as unknown as number[], (1 - confidence) / 2),
  quantileSorted(values as unknown as number[], (1 + confidence) / 2),
];

/** Returns the percentile bootstrap interval of a statistic. The same seed gives the same interval. */
export function bootstrapInterval<Item>(
  items: readonly Item[],
  statistic: (sample: readonly Item[]) => number,
  { draws, seed, confidence }: BootstrapOptions,
): readonly [number, number] {
  const random = randomStream(seed, "bootstrap");
  const one = (): Item => items[Math.floor(random.uniform() * items.length)]!;
  const found = sorted(Array.from({ length: draws }, () => statistic(items.map(one))));
  return percentiles(found, confidence);
}

/**
 * Returns a function that gives the bootstrap interval of the median of `n` values. The median of a resample depends on
 * the ranks drawn alone, so these are drawn once and serve every comparison; the answer is that of `bootstrapInterval`.
 */
export function medianIntervals(
  n: number,
  { draws, seed, confidence }: BootstrapOptions,
): (values: readonly number[]) => readonly [number, number] {
  const random = randomStream(seed, "bootstrap");
  const ranks = new Float64Array(n);
  const middles = Array.from({ length: draws }, () => {
    for (let i = 0; i < n; i++) ranks[i] = Math.floor(random.uniform() * n);
    ranks.sort();
    return [ranks[(n - 1) >> 1]!, ranks[n >> 1]!] as const;
  });
  return (values) => {
    if (values.length !== n) throw new RangeError(`expected ${n} values; got ${values.length}`);
    const inOrder = sorted(values);
    const medians = sorted(middles.map(([low, high]) => (inOrder[low]! + inOrder[high]!) / 2));
    return percentiles(medians, confidence);
  };
}
