import { ModelSpec, modelOf, randomStream } from "@etude/catalog";
import { expect, test } from "vitest";
import { chooseBackend } from "../src/backends/choose.ts";
import { feedBatch } from "../src/training/feed.ts";
import { gram, symmetricEigenvalues } from "./kit/eigenvalues.ts";

const [rows, columns, rank] = [40, 12, 3];
const random = randomStream(7, "bounds");
const uniform = (count: number): number[] => Array.from({ length: count }, () => random.uniform());
const [w, h] = [uniform(rows * rank), uniform(rank * columns)];
const rowOf = (i: number): number[] => w.slice(i * rank, (i + 1) * rank);
const outer = (a: readonly number[], b: readonly number[]): number[] => a.flatMap((x) => b.map((y) => x * y));
const sum = (matrices: readonly number[][]): number[] =>
  matrices[0]!.map((_, k) => matrices.reduce((total, matrix) => total + matrix[k]!, 0));

/** The product A ⊗ B of two n × n matrices. */
function kronecker(a: readonly number[], b: readonly number[], n: number): number[] {
  const size = n * n;
  return Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    const [i, j] = [Math.floor(row / n), Math.floor(column / n)];
    return a[i * n + j]! * b[(row % n) * n + (column % n)]!;
  });
}

const squares = Array.from({ length: rows }, (_, i) => outer(rowOf(i), rowOf(i)));
const gramW = sum(squares);
const identity = Array.from({ length: rank * rank }, (_, at) => (at % (rank + 1) === 0 ? 1 : 0));

/** The largest rate of the H-step whose error stays bounded in the mean square, by bisection on the exact recursion. */
function exactThreshold(batch: number): number {
  const own = sum(squares.map((square) => kronecker(square, square, rank)));
  const both = kronecker(gramW, gramW, rank);
  const left = kronecker(gramW, identity, rank);
  const right = kronecker(identity, gramW, rank);
  const stable = (rate: number): boolean => {
    const recursion = both.map((value, k) => {
      const second = (rows / batch) * own[k]! + (1 - 1 / batch) * value;
      const one = k % (rank * rank + 1) === 0 ? 1 : 0;
      return one - rate * (left[k]! + right[k]!) + rate * rate * second;
    });
    return Math.max(...symmetricEigenvalues(recursion)) < 1;
  };
  let [low, high] = [0, 4 / Math.max(...symmetricEigenvalues(gramW))];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (stable(middle)) low = middle;
    else high = middle;
  }
  return low;
}

test("bounds of a batch are safe, ordered, and meet 2 / L for the whole matrix", async () => {
  const { tf } = (await chooseBackend("cpu", [])).started;
  const inputs = new Float32Array(rows * columns).fill(1);
  const examples = { count: rows, inputs, targets: inputs };
  const data = { task: "factorisation", shape: [columns], outputs: columns, train: examples } as const;
  const boundsFor = async (batchSize: number): Promise<readonly number[]> => {
    const spec = ModelSpec.parse({ kind: "nmf", rank, boundShare: 1 });
    const model = modelOf(spec).build(tf, spec, { data, seed: 0, batchSize });
    tf.tidy(() => {
      model.weights[0]!.variable.assign(tf.tensor2d(w, [rows, rank]));
      model.weights[1]!.variable.assign(tf.tensor2d(h, [rank, columns]));
    });
    const batch = feedBatch(
      tf,
      data,
      examples,
      Uint32Array.from({ length: batchSize }, (_, i) => i),
    );
    const bounds = await model.stabilityBounds!(batch);
    batch.dispose();
    model.dispose();
    return bounds;
  };
  const limit = 2 / Math.max(...symmetricEigenvalues(gramW));
  let previous = 0;
  for (const batch of [1, 2, 5, 10]) {
    const [, ours] = await boundsFor(batch);
    const exact = exactThreshold(batch);
    expect(ours, `batch ${batch}`).toBeLessThanOrEqual(exact);
    expect(ours).toBeGreaterThan(exact / 3);
    expect(exact).toBeLessThanOrEqual(limit * 1.000001);
    expect(ours).toBeGreaterThan(previous);
    previous = ours!;
  }
  const [wholeW, wholeH] = await boundsFor(rows);
  expect(wholeH! / limit).toBeCloseTo(1, 4);
  expect(wholeH).toBeLessThanOrEqual(limit * 1.000001);
  expect(wholeW! / (2 / Math.max(...symmetricEigenvalues(gram(h, rank))))).toBeCloseTo(1, 4);
});
