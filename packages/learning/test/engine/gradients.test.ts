import { expect, test } from "vitest";
import { zerosLike } from "../../src/engine/optimizers/optimizer.ts";
import type { Problem } from "../../src/engine/problem.ts";
import { factorisation, smallProblems } from "./problems.ts";

/** Noise is on the gradient of a factorisation, not in its loss; of the batch's loss the gradient of W is the exact one. */
const exact: readonly Problem[] = [
  ...smallProblems.filter(({ domain }) => domain !== "factorisation"),
  factorisation({ batchColumns: 21 }),
];

test.each(exact.map((problem) => [problem.id, problem] as const))(
  "%s: the gradient is that of the loss",
  (_, problem) => {
    for (const step of [0, 25]) {
      const instance = problem.start(3);
      const gradients = zerosLike(instance.weights);
      // Away from the symmetric start, where many gradients vanish.
      instance.weights.forEach((weight, i) =>
        weight.forEach((w, j) => (weight[j] = w + 0.1 * Math.sin(i + 3 * j + 1))),
      );
      const loss = instance.loss(step, gradients);
      expect(instance.loss(step)).toBe(loss);
      instance.weights.forEach((weight, i) => {
        const size = Math.max(1e-3, ...gradients[i]!.map(Math.abs));
        for (let j = 0; j < weight.length; j += 1 + Math.floor(weight.length / 40)) {
          const [at, by] = [weight[j]!, 1e-5];
          weight[j] = at + by;
          const above = instance.loss(step);
          weight[j] = at - by;
          const below = instance.loss(step);
          weight[j] = at;
          const slope = (above - below) / (2 * by);
          expect(Math.abs(gradients[i]![j]! - slope) / size, `weight ${i}, entry ${j}`).toBeLessThan(1e-5);
        }
      });
    }
  },
);

test("a batch's gradient of W stands for all columns, and its columns of H see their exact gradient", () => {
  const [batch, whole] = [factorisation(), factorisation({ batchColumns: 21 })].map((problem) => problem.start(1));
  const [mean, full, part] = [zerosLike(batch!.weights), zerosLike(whole!.weights), zerosLike(batch!.weights)];
  whole!.loss(0, full);
  // Three batches of 8, 8 and 5 columns make an epoch; the share of each in the mean is its number of columns.
  for (const [step, share] of [8 / 21, 8 / 21, 5 / 21].entries()) {
    batch!.loss(step, part);
    part[0]!.forEach((value, j) => (mean[0]![j] = mean[0]![j]! + share * value));
    part[1]!.forEach((value, j) => (mean[1]![j] = mean[1]![j]! + value));
  }
  for (const factor of [0, 1]) {
    full[factor]!.forEach((value, j) => expect(mean[factor]![j]).toBeCloseTo(value, 10));
  }
});
