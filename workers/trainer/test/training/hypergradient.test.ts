import type { TrainingSpecInput } from "@etude/contracts";
import { expect, test } from "vitest";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { iris, reference } from "../kit/reference.ts";
import { spec } from "../kit/spec.ts";

const optimizers: Record<string, TrainingSpecInput["optimizer"]> = {
  "SGD-HD": { kind: "sgd" },
  "SGDN-HD": { kind: "nesterov", momentum: 0.9 },
  "Adam-HD": { kind: "adam" },
};
const hyper = reference.cases.filter(({ method }) => method in optimizers);

test.each(hyper.map((item) => [item.method, item] as const))(
  "%s in float32 follows the authors' float64 run",
  async (method, { kwargs, batch, steps, lr, loss, final_full_loss: finalLoss }) => {
    const run = spec({
      model: { kind: "mlp", hidden: [], start: "zero" },
      optimizer: optimizers[method]!,
      schedule: {
        kind: "hypergradient",
        rate: kwargs["lr"]!,
        form: "additive",
        strength: kwargs["hypergrad_lr"]!,
        // As the authors do it; it also damps the first bias gradient, which is 0 but for float32's rounding.
        epsilon: "inside",
      },
      batchSize: batch,
      order: "sequential",
      budget: { steps },
      evaluateEvery: steps,
    });
    const trained = await trainHere(run, { data: iris });
    const near = (key: string, expected: readonly number[]): void => {
      const values = valuesOf(trained, key);
      expect(values.length).toBe(expected.length);
      values.forEach((value, k) => expect(Math.abs(value / expected[k]! - 1), `${key}[${k}]`).toBeLessThan(1e-4));
    };
    near("learning-rate", lr);
    near("train/loss", loss);
    expect(Math.abs(valuesOf(trained, "validation/loss")[0]! / finalLoss - 1)).toBeLessThan(1e-4);
  },
);

test("a rate per group and a rate per parameter adapt each by itself", async () => {
  for (const granularity of ["group", "parameter"] as const) {
    const run = spec({
      optimizer: { kind: "sgd" },
      schedule: { kind: "hypergradient", rate: 0.01, granularity },
      budget: { steps: 40 },
    });
    const trained = await trainHere(run);
    if (granularity === "group") {
      const [hidden, output] = ["hidden-1", "output"].map((group) => valuesOf(trained, `learning-rate/${group}`));
      expect(hidden!.at(-1)).toBeGreaterThan(0.011);
      expect(hidden!.at(-1)).not.toBe(output!.at(-1));
      expect(valuesOf(trained, "learning-rate").at(-1)).toBeCloseTo((hidden!.at(-1)! + output!.at(-1)!) / 2, 12);
    } else {
      const [min, median, max] = ["min", "median", "max"].map((key) => valuesOf(trained, `learning-rate/${key}`));
      expect(min![0]).toBeCloseTo(0.01, 6);
      expect(max![0]).toBeCloseTo(0.01, 6);
      expect(min!.at(-1)).toBeLessThan(median!.at(-1)!);
      expect(median!.at(-1)).toBeLessThan(max!.at(-1)!);
    }
  }
});
