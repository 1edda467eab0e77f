import type { Examples } from "../dataset.ts";

/** Returns the rows of a table of little-endian float32: all columns but the last are inputs, the last is the target. */
export function tableOf(bytes: Uint8Array, columns: number, file: string): Examples {
  const width = 4 * columns;
  if (bytes.length === 0 || bytes.length % width !== 0) {
    throw new Error(`${file} has ${bytes.length} bytes, not a multiple of ${width}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length / width;
  const inputs = new Float32Array(count * (columns - 1));
  const targets = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < columns - 1; column++) {
      inputs[row * (columns - 1) + column] = view.getFloat32(row * width + 4 * column, true);
    }
    targets[row] = view.getFloat32((row + 1) * width - 4, true);
  }
  return { count, inputs, targets };
}

/** Mean and deviation of every column of a row-major table; a constant column has deviation 1. */
function columnMoments({ count, inputs }: Examples): { means: Float64Array; deviations: Float64Array } {
  const width = inputs.length / count;
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  inputs.forEach((value, i) => (means[i % width]! += value / count));
  inputs.forEach((value, i) => (deviations[i % width]! += (value - means[i % width]!) ** 2 / count));
  return { means, deviations: deviations.map((variance) => Math.sqrt(variance) || 1) };
}

/** Standardises the inputs of both parts with the training part's moments, so that validation stays unseen. */
export function standardised(parts: { train: Examples; validation: Examples }): {
  train: Examples;
  validation: Examples;
} {
  const { means, deviations } = columnMoments(parts.train);
  const width = means.length;
  const scale = (part: Examples): Examples => ({
    ...part,
    inputs: part.inputs.map((value, i) => (value - means[i % width]!) / deviations[i % width]!),
  });
  return { train: scale(parts.train), validation: scale(parts.validation) };
}

/** Targets with mean 0 and deviation 1 over the training part: the loss is then the share of variance not explained. */
export function standardTargets(parts: { train: Examples; validation: Examples }): typeof parts {
  const { targets, count } = parts.train;
  const width = targets.length / count;
  const sums = new Float64Array(width);
  targets.forEach((value, i) => (sums[i % width]! += value));
  const means = sums.map((sum) => sum / count);
  const squares = new Float64Array(width);
  targets.forEach((value, i) => (squares[i % width]! += (value - means[i % width]!) ** 2));
  const deviations = squares.map((sum) => Math.sqrt(sum / count) || 1);
  const scale = (part: Examples): Examples => ({
    ...part,
    targets: part.targets.map((y, i) => (y - means[i % width]!) / deviations[i % width]!),
  });
  return { train: scale(parts.train), validation: scale(parts.validation) };
}

/** Replaces missing inputs (NaN) of both parts by the training part's mean of their column; 0 where it has none. */
export function filledWithMeans(parts: { train: Examples; validation: Examples }): typeof parts {
  const whole = ({ inputs }: Examples): boolean => !inputs.some(Number.isNaN);
  if (whole(parts.train) && whole(parts.validation)) return parts;
  const { inputs, count } = parts.train;
  const width = inputs.length / count;
  const [sums, present] = [new Float64Array(width), new Float64Array(width)];
  inputs.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    sums[i % width]! += value;
    present[i % width]!++;
  });
  const means = sums.map((sum, i) => sum / (present[i]! || 1));
  const fill = (part: Examples): Examples => ({
    ...part,
    inputs: part.inputs.map((value, i) => (Number.isNaN(value) ? means[i % width]! : value)),
  });
  return { train: fill(parts.train), validation: fill(parts.validation) };
}
