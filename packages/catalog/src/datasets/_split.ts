import type { Examples } from "../dataset.ts";
import { permutation, randomStream } from "../random.ts";

/** Returns the examples of the given rows, in that order. */
export function takeRows(all: Examples, rows: ArrayLike<number>): Examples {
  const width = all.inputs.length / all.count;
  const targetWidth = all.targets.length / all.count;
  const inputs = new Float32Array(rows.length * width);
  const targets = new Float32Array(rows.length * targetWidth);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    inputs.set(all.inputs.subarray(row * width, (row + 1) * width), i * width);
    targets.set(all.targets.subarray(row * targetWidth, (row + 1) * targetWidth), i * targetWidth);
  }
  return { count: rows.length, inputs, targets };
}

/**
 * Splits examples at random into a training and a validation part. With `stratify`, each class keeps its share in both
 * parts (rounded per class). Rows keep their order of the source. Both parts hold at least one row.
 */
export function splitExamples(
  all: Examples,
  fraction: number,
  seed: number,
  stratify: boolean,
): { train: Examples; validation: Examples } {
  const strata = new Map<number, number[]>();
  for (let row = 0; row < all.count; row++) {
    const stratum = stratify ? all.targets[row]! : 0;
    const rows = strata.get(stratum);
    if (rows) rows.push(row);
    else strata.set(stratum, [row]);
  }
  const held = new Uint8Array(all.count);
  for (const [stratum, rows] of strata) {
    const order = permutation(rows.length, randomStream(seed, `split/${stratum}`));
    const count = Math.round(rows.length * fraction);
    for (let i = 0; i < count; i++) held[rows[order[i]!]!] = 1;
  }
  const train: number[] = [];
  const validation: number[] = [];
  for (let row = 0; row < all.count; row++) (held[row] ? validation : train).push(row);
  if (train.length === 0 || validation.length === 0) {
    throw new Error(
      `dataset.validationFraction ${fraction} of ${all.count} rows leaves no row for training or for validation`,
    );
  }
  return { train: takeRows(all, train), validation: takeRows(all, validation) };
}
