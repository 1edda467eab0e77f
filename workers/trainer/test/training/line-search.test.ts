import { batchOrder } from "@etude/catalog";
import type { TrainingSpecInput } from "@etude/contracts";
import { expect, test } from "vitest";
import { chooseBackend } from "../../src/backends/choose.ts";
import { prepare } from "../../src/training/prepare.ts";
import { update } from "../../src/training/update.ts";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { iris, reference, type ReferenceCase } from "../kit/reference.ts";
import { spec } from "../kit/spec.ts";

const cases = reference.cases
  .filter(({ method }) => method === "Sls-armijo")
  .map((item) => [`reset ${item.kwargs["reset_option"]}`, item] as const);

const runOf = ({ kwargs, batch, steps }: ReferenceCase): ReturnType<typeof spec> => {
  const schedule: TrainingSpecInput["schedule"] = {
    kind: "line-search",
    rate: kwargs["init_step_size"]!,
    c: kwargs["c"]!,
    shrink: kwargs["beta_b"]!,
    gamma: kwargs["gamma"] ?? 2,
    reset: kwargs["reset_option"] as 0 | 1 | 2,
    stepsPerEpoch: kwargs["n_batches_per_epoch"]!,
  };
  const model = { kind: "mlp", hidden: [], start: "zero" } satisfies TrainingSpecInput["model"];
  const more = { batchSize: batch, order: "sequential", budget: { steps }, evaluateEvery: steps } as const;
  return spec({ model, optimizer: { kind: "sgd" }, schedule, ...more });
};

test.each(cases)("%s: a free run in float32 ends near the authors' loss", async (_, item) => {
  const trained = await trainHere(runOf(item), { data: iris });
  expect(trained.end.outcome).toBe("completed");
  const [final] = valuesOf(trained, "validation/loss");
  expect(Math.abs(final! / item.final_full_loss - 1)).toBeLessThan(0.05);
  const passes = valuesOf(trained, "forward-passes");
  expect(passes[0]).toBeGreaterThanOrEqual(2);
  passes.slice(1).forEach((value, k) => expect(value - passes[k]!).toBeGreaterThanOrEqual(2));
  expect(trained.leaked).toBe(0);
});

/** Mean cross-entropy and gradient of softmax regression in float64; weights are W (4 × 3) then b (3). */
function softmaxRegression(weights: readonly number[], rows: readonly number[]): { loss: number; gradient: number[] } {
  const gradient = weights.map(() => 0);
  let loss = 0;
  for (const row of rows) {
    const x = [...reference.X[row]!, 1];
    const logits = [0, 1, 2].map((k) => x.reduce((sum, value, i) => sum + value * weights[3 * i + k]!, 0));
    const top = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
    loss += top + Math.log(total) - logits[reference.y[row]!]!;
    logits.forEach((logit, k) => {
      const error = Math.exp(logit - top) / total - (k === reference.y[row] ? 1 : 0);
      x.forEach((value, i) => (gradient[3 * i + k]! += (error * value) / rows.length));
    });
  }
  return { loss: loss / rows.length, gradient };
}

test.each(cases)("%s: at the float64 run's weights and rate, float32 decides alike", async (_, item) => {
  const { kwargs, lr } = item;
  const { started } = await chooseBackend("wasm", []);
  const { tf } = started;
  const run = runOf(item);
  const prepared = await prepare({
    tf,
    readsAtOnce: true,
    spec: run,
    data: iris,
    curves: {},
    policy: null,
    breathe: async () => {},
  });
  const { session, moving, parts, batches } = prepared;
  const order = batchOrder(150, item.batch, "sequential", 0);
  const { rate: initial, c, shrink } = { rate: kwargs["init_step_size"]!, c: kwargs["c"]!, shrink: kwargs["beta_b"]! };
  let weights = Array.from({ length: 15 }, () => 0);
  let decided = 0;
  for (let step = 0; step < item.steps; step++) {
    const rows = [...order.rowsAt(step)];
    const { loss, gradient } = softmaxRegression(weights, rows);
    const squares = gradient.reduce((sum, g) => sum + g * g, 0);
    const previous = step === 0 ? initial : lr[step - 1]!;
    const recovery = (kwargs["gamma"] ?? 2) ** (1 / kwargs["n_batches_per_epoch"]!);
    let tried = kwargs["reset_option"] === 2 ? initial : kwargs["reset_option"] === 1 ? previous * recovery : previous;
    let margin = Infinity;
    for (;;) {
      const next = weights.map((w, i) => w - tried * gradient[i]!);
      const slack = loss - c * tried * squares - softmaxRegression(next, rows).loss;
      margin = Math.min(margin, Math.abs(slack) / loss);
      if (slack >= 0) break;
      tried *= shrink;
    }
    expect(tried / lr[step]!, `the float64 run at step ${step}`).toBeCloseTo(1, 6);

    const [kernel, bias] = session.model.weights;
    tf.tidy(() => {
      kernel!.variable.assign(tf.tensor2d(weights.slice(0, 12), [4, 3]));
      bias!.variable.assign(tf.tensor1d(weights.slice(12)));
    });
    moving.step = step;
    moving.schedule = { rate: previous, applying: previous };
    const batch = batches.at(step);
    const { rates } = await update(session, moving, parts, batch);
    batches.release(batch);
    if (margin > 1e-5) {
      decided++;
      expect(rates!.applied[0]! / lr[step]!, `step ${step}, margin ${margin}`).toBeCloseTo(1, 5);
    }
    weights = weights.map((w, i) => w - lr[step]! * gradient[i]!);
  }
  expect(decided).toBeGreaterThan(item.steps * 0.9);
  prepared.dispose();
});
