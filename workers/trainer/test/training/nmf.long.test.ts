import { type Data, DatasetSpec, datasetOf } from "@etude/catalog";
import { expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/training/checkpoint.ts";
import { gram, symmetricEigenvalues } from "../kit/eigenvalues.ts";
import { trainHere, type Trained, valuesOf } from "../kit/in-process.ts";
import { firstRise, matrix, nmf } from "../kit/nmf.ts";

test("1.99 / L is monotone over 3000 steps", async () => {
  const trained = await trainHere(nmf({ fixed: "h", clip: false }, { ofBound: 1.99 }, 3000));
  expect(trained.end.outcome).toBe("completed");
  expect(firstRise(valuesOf(trained, "train/loss"))).toBeUndefined();
});

/** Norms of the projected gradients of W and H at the end of a run: of an entry at 0 only a negative gradient counts. */
function residuals({ checkpoint }: Trained): [number, number] {
  const { tensors } = decodeCheckpoint(checkpoint);
  const [w, h, x] = [tensors.get("weight/w")!.values, tensors.get("weight/h")!.values, lowRankValues()];
  const [rows, rank, columns] = [40, 5, 60];
  const error = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = -x[at]!;
    for (let k = 0; k < rank; k++) sum += w[i * rank + k]! * h[k * columns + j]!;
    return sum;
  });
  const norm = (count: number, value: (at: number) => number, gradient: (at: number) => number): number =>
    Math.sqrt(
      Array.from({ length: count }, (_, at) => (value(at) > 0 ? gradient(at) : Math.min(0, gradient(at)))).reduce(
        (sum, g) => sum + g * g,
        0,
      ),
    );
  const ofW = (at: number): number => {
    const [i, k] = [Math.floor(at / rank), at % rank];
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += error[i * columns + j]! * h[k * columns + j]!;
    return sum;
  };
  const ofH = (at: number): number => {
    const [k, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += error[i * columns + j]! * w[i * rank + k]!;
    return sum;
  };
  return [norm(w.length, (at) => w[at]!, ofW), norm(h.length, (at) => h[at]!, ofH)];
}

function lowRankValues(): Float32Array {
  const dataset = DatasetSpec.parse(matrix);
  return (datasetOf(dataset).load(dataset, new Map()) as Data).train.inputs;
}

test("alternating at 1 / L the projected gradients of both factors fall below 1e-3 of their start", async () => {
  const run = nmf({}, 1e6, 1000);
  const start = residuals(await trainHere(run, { pauseAt: 0 }));
  const end = residuals(await trainHere(run));
  expect(end[0] / start[0]).toBeLessThan(1e-3);
  expect(end[1] / start[1]).toBeLessThan(1e-3);
});

test("with gradient noise the loss settles at the predicted floor", async () => {
  const [s, factor] = [0.05, 1];
  const model = { fixed: "h", nonNegative: false, noise: s } as const;
  const run = nmf(model, { ofBound: factor }, 6000);
  const trained = await trainHere({ ...run, evaluateEvery: 6000 });
  const losses = valuesOf(trained, "train/loss").slice(1000);
  const measured = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const quiet = await trainHere(nmf({ ...model, noise: 0 }, { ofBound: factor }, 6000));
  const least = valuesOf(quiet, "train/loss").at(-1)!;
  const rate = valuesOf(trained, "learning-rate")[0]!;
  const untouched = await trainHere(nmf({}, { ofBound: 1 }, 1), { pauseAt: 0 });
  const h = decodeCheckpoint(untouched.checkpoint).tensors.get("weight/h")!.values;
  const eigenvalues = symmetricEigenvalues(gram(h, 5));
  const floor = ((40 * rate * s * s) / 2) * eigenvalues.reduce((sum, value) => sum + 1 / (2 - rate * value), 0);
  expect((measured - least) / floor).toBeGreaterThan(0.95);
  expect((measured - least) / floor).toBeLessThan(1.05);
});
