import { type Loss, losses, lossProblem } from "@etude/catalog";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const named = (kind: string): Loss => losses.find((loss) => loss.kind === kind)!;

/** The loss of rows of outputs against rows of targets. */
function lossOf(spec: { kind: string }, outputs: number[][], targets: number[][]): number {
  const loss = named(spec.kind);
  return tf.tidy(() => {
    const [x, y] = [tf.tensor2d(outputs), tf.tensor2d(targets)];
    return loss.compute(tf, loss.params.parse(spec), x, y).dataSync()[0]!;
  });
}

const scores = [
  [2, -1, 0.5],
  [0.1, 0.2, -0.3],
];
const labels = [
  [1, 0, 0],
  [0, 0, 1],
];
const logSoftmax = (row: number[]): number[] => {
  const norm = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
  return row.map((value) => value - norm);
};

test("cross-entropy, with and without label smoothing, by hand", () => {
  const byHand = (smoothing: number): number =>
    scores.reduce((sum, row, i) => {
      const target = labels[i]!.map((y) => (1 - smoothing) * y + smoothing / 3);
      return sum - logSoftmax(row).reduce((own, value, k) => own + target[k]! * value, 0) / scores.length;
    }, 0);
  expect(lossOf({ kind: "cross-entropy" }, scores, labels)).toBeCloseTo(byHand(0), 6);
  const smooth = { kind: "cross-entropy", labelSmoothing: 0.1 };
  expect(lossOf(smooth, scores, labels)).toBeCloseTo(byHand(0.1), 6);
});

test("hinge is what the right class lacks of leading by 1", () => {
  // First row leads by 1.5: nothing. Second: 0.2 + 1 − (−0.3).
  expect(lossOf({ kind: "hinge" }, scores, labels)).toBeCloseTo((0 + 1.5) / 2, 6);
});

test("the losses of numbers by hand", () => {
  const [outputs, targets] = [
    [[0.5], [3], [-2]],
    [[0], [0], [0]],
  ];
  expect(lossOf({ kind: "mean-squared-error" }, outputs, targets)).toBeCloseTo((0.25 + 9 + 4) / 3, 6);
  expect(lossOf({ kind: "mean-absolute-error" }, outputs, targets)).toBeCloseTo(5.5 / 3, 6);
  expect(lossOf({ kind: "huber" }, outputs, targets)).toBeCloseTo((0.125 + 2.5 + 1.5) / 3, 6);
  const wide = { kind: "huber", delta: 2 };
  expect(lossOf(wide, outputs, targets)).toBeCloseTo((0.125 + 2 * (3 - 1) + 2) / 3, 6);
});

describe.each(losses.map((loss) => [loss.kind, loss] as const))("%s", (_kind, loss) => {
  const spec = loss.params.parse(loss.example);
  const targets = loss.tasks.includes("classification")
    ? labels
    : [
        [0.3, 1, -1],
        [2, 0, 0.7],
      ];

  test("has the gradient that finite differences find", () => {
    const gradient = tf.tidy(() => {
      const y = tf.tensor2d(targets);
      return tf
        .grad((x) => loss.compute(tf, spec, x as tf.Tensor2D, y))(tf.tensor2d(scores))
        .arraySync() as number[][];
    });
    const h = 1e-2;
    scores.forEach((row, i) =>
      row.forEach((_, k) => {
        const moved = (by: number): number[][] =>
          scores.map((own, at) => own.map((value, j) => (at === i && j === k ? value + by : value)));
        const slope = (lossOf(spec, moved(h), targets) - lossOf(spec, moved(-h), targets)) / (2 * h);
        expect(gradient[i]![k]).toBeCloseTo(slope, 3);
      }),
    );
  });

  test("judges the tasks that it names and says what judges the others", () => {
    for (const task of loss.tasks) expect(lossProblem(loss.kind as "hinge", task)).toBeUndefined();
    const other = loss.tasks.includes("regression") ? "next-token" : "regression";
    expect(lossProblem(loss.kind as "hinge", other)).toMatch(
      new RegExp(`model.loss ${loss.kind} cannot judge ${other}; use one of`),
    );
    expect(loss.doc.summary.length).toBeGreaterThan(10);
  });
});
