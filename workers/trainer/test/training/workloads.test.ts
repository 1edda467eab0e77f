import type { TrainingSpecInput } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { type Trained, trainHere, valuesOf } from "../kit/in-process.ts";
import { spec } from "../kit/spec.ts";

const last = (trained: Trained, key: string): number => valuesOf(trained, key).at(-1)!;
const train = (changes: Partial<TrainingSpecInput>): Promise<Trained> => trainHere(spec(changes));

describe("texts", () => {
  // Chance is 0.25; naive Bayes on these passages reaches 0.64.
  const speeches: TrainingSpecInput["dataset"] = { kind: "speeches", vocabulary: 2000, perSpeech: 8 };

  test("an embedding pool tells the era of a speech", async () => {
    const trained = await train({
      dataset: speeches,
      model: { kind: "embedding-pool" },
      schedule: { kind: "cosine", rate: 0.02 },
      budget: { steps: 150 },
      evaluateEvery: 150,
    });
    expect(last(trained, "validation/accuracy")).toBeGreaterThan(0.55);
  });

  test("a transformer tells it too, seeing both ways", async () => {
    const trained = await train({
      dataset: { ...speeches, length: 16 },
      model: { kind: "transformer", width: 16, heads: 2, blocks: 1, dropout: 0.1 },
      schedule: { kind: "cosine", rate: 0.01 },
      budget: { steps: 150 },
      evaluateEvery: 150,
    });
    expect(last(trained, "validation/accuracy")).toBeGreaterThan(0.4);
  });

  test("a transformer predicts the next character far better than their frequencies do", async () => {
    const trained = await train({
      dataset: { kind: "moby-dick", length: 24, characters: 60_000, validationFraction: 0.05 },
      model: { kind: "transformer", width: 32, heads: 2, blocks: 1 },
      schedule: { kind: "cosine", rate: 0.01 },
      batchSize: 16,
      budget: { steps: 200 },
      evaluateEvery: 200,
    });
    // Nats a character; the entropy of single characters is 3.06, uniform guesses cost 4.37.
    expect(last(trained, "validation/loss")).toBeLessThan(2.6);
    expect(last(trained, "validation/accuracy")).toBeGreaterThan(0.25);
  });
});

describe("analytic problems", () => {
  const noiseless: TrainingSpecInput["dataset"] = { kind: "gradient-noise", dimension: 3, examples: 1 };
  const descent = (model: object, rate: number, steps: number, dataset = noiseless): Promise<Trained> =>
    train({
      dataset,
      model: model as TrainingSpecInput["model"],
      optimizer: { kind: "sgd" },
      schedule: { kind: "constant", rate },
      budget: { steps },
      evaluateEvery: 1,
    });

  test("descent on a quadratic is (1 − ηλ)ᵗ in each coordinate, and a jump multiplies the loss", async () => {
    const rate = 0.4;
    const plain = valuesOf(await descent({ kind: "quadratic", condition: 100 }, rate, 8), "validation/loss");
    // Curvatures 0.01, 0.1 and 1: three points give the shares of the loss, the others must follow.
    const factors = [0.01, 0.1, 1].map((curvature) => (1 - rate * curvature) ** 2);
    const [a, b, c] = factors as [number, number, number];
    // Each sum of powers obeys the recurrence whose roots are the factors.
    for (let t = 3; t < plain.length; t++) {
      const expected =
        (a + b + c) * plain[t - 1]! - (a * b + a * c + b * c) * plain[t - 2]! + a * b * c * plain[t - 3]!;
      expect(plain[t]).toBeCloseTo(expected, 5);
    }
    const jumped = await descent({ kind: "quadratic", jumps: [{ step: 5, factor: 3 }] }, rate, 8);
    const losses = valuesOf(jumped, "train/loss");
    expect(losses.slice(0, 5)).toEqual(valuesOf(await descent({ kind: "quadratic" }, rate, 5), "train/loss"));
    expect(losses[5]! / valuesOf(await descent({ kind: "quadratic" }, rate, 6), "train/loss")[5]!).toBeCloseTo(3, 5);
  });

  test("a quadratic falls below 2 / λ and rises above it", async () => {
    const after = async (rate: number): Promise<number> => {
      const losses = valuesOf(await descent({ kind: "quadratic", largest: 4, condition: 1 }, rate, 30), "train/loss");
      return losses.at(-1)! / losses[0]!;
    };
    expect(await after(0.49)).toBeLessThan(1);
    expect(await after(0.51)).toBeGreaterThan(1);
  });

  test("the noise of the data set is the noise of the gradient, and bursts multiply it", async () => {
    const noisy: TrainingSpecInput["dataset"] = { kind: "gradient-noise", dimension: 200, noise: 2, examples: 64 };
    const flat = { kind: "quadratic", largest: 1e-6, startDistance: 1e-3 };
    const norms = async (model: object): Promise<number[]> =>
      valuesOf(await descent(model, 1e-6, 4, noisy), "gradient-norm");
    // The mean of 32 of 64 vectors, drawn without replacement: variance 2² / 32 · (64 − 32) / 63 in each coordinate.
    const [first] = await norms(flat);
    const expected = 2 * Math.sqrt(200 / 32) * Math.sqrt(32 / 63);
    expect(first! / expected).toBeGreaterThan(0.85);
    expect(first! / expected).toBeLessThan(1.15);
    const burst = await norms({ ...flat, bursts: [{ from: 1, to: 3, factor: 5 }] });
    const still = await norms(flat);
    burst.forEach((norm, step) => expect(norm / still[step]!).toBeCloseTo(step === 1 || step === 2 ? 5 : 1, 3));
  });

  test("Rosenbrock's valley ends at 0, and noise of the start follows the seed", async () => {
    const valley = (seed: number): Promise<Trained> =>
      train({
        dataset: { kind: "gradient-noise", dimension: 2, examples: 1 },
        model: { kind: "rosenbrock", steepness: 10 },
        schedule: { kind: "cosine", rate: 0.1 },
        budget: { steps: 600 },
        evaluateEvery: 600,
        seed,
      });
    const [one, other] = [await valley(1), await valley(2)];
    expect(last(one, "validation/loss")).toBeLessThan(1e-4);
    expect(valuesOf(one, "train/loss")[0]).not.toBe(valuesOf(other, "train/loss")[0]);
    await expect(
      train({ dataset: { kind: "gradient-noise", dimension: 1 }, model: { kind: "rosenbrock" } }),
    ).rejects.toThrow("needs dataset.dimension of at least 2, not 1");
  });
});

const layers = (...list: [string, object?][]): TrainingSpecInput["model"] => ({
  kind: "keras",
  topology: {
    class_name: "Sequential",
    config: { layers: list.map(([class_name, config]) => ({ class_name, config: config ?? {} })) },
  },
});

describe("Keras topologies", () => {
  test("a recurrent network predicts the next character", async () => {
    const trained = await train({
      dataset: { kind: "moby-dick", length: 16, characters: 40_000, validationFraction: 0.05 },
      model: layers(
        ["Embedding", { input_dim: 79, output_dim: 16 }],
        ["GRU", { units: 32, return_sequences: true }],
        ["Dense", { units: 79, activation: "softmax" }],
      ),
      schedule: { kind: "cosine", rate: 0.02 },
      budget: { steps: 100 },
      evaluateEvery: 100,
    });
    expect(last(trained, "validation/loss")).toBeLessThan(2.75);
  });

  test("convolutions learn the digits, with dropout and a penalty", async () => {
    const trained = await train({
      model: layers(
        ["Conv2D", { filters: 16, kernel_size: 3, padding: "same", activation: "relu" }],
        ["MaxPooling2D"],
        ["DepthwiseConv2D", { kernel_size: 3, padding: "same" }],
        ["Conv2D", { filters: 32, kernel_size: 1, activation: "relu" }],
        ["Flatten"],
        ["Dropout", { rate: 0.1 }],
        ["Dense", { units: 10, kernel_regularizer: { class_name: "L2", config: { l2: 1e-4 } } }],
      ),
      schedule: { kind: "cosine", rate: 0.02 },
      budget: { steps: 250 },
      evaluateEvery: 250,
    });
    expect(last(trained, "validation/accuracy")).toBeGreaterThan(0.9);
  });
});

test.each<[string, Partial<TrainingSpecInput>]>([
  [
    "embedding-pool",
    {
      dataset: { kind: "speeches", vocabulary: 200, perSpeech: 2, length: 8 },
      model: { kind: "embedding-pool", hidden: [8] },
    },
  ],
  [
    "transformer",
    {
      dataset: { kind: "moby-dick", length: 8, characters: 5000 },
      model: { kind: "transformer", width: 8, heads: 2, blocks: 2, dropout: 0.2 },
    },
  ],
  [
    "transformer for classes",
    {
      dataset: { kind: "speeches", vocabulary: 200, perSpeech: 2, length: 8 },
      model: { kind: "transformer", width: 8, heads: 2, blocks: 1 },
    },
  ],
  [
    "recurrent keras",
    {
      dataset: { kind: "speeches", vocabulary: 200, perSpeech: 2, length: 6 },
      model: layers(
        ["Embedding", { input_dim: 200, output_dim: 4 }],
        ["LSTM", { units: 4 }],
        ["LayerNormalization"],
        ["Dense", { units: 4 }],
      ),
    },
  ],
])("%s goes the same way on cpu and wasm", async (_, changes) => {
  const run = spec({
    ...changes,
    optimizer: { kind: "momentum" },
    batchSize: 8,
    schedule: { kind: "constant", rate: 0.02 },
    budget: { steps: 6 },
    evaluateEvery: 6,
  });
  const [cpu, wasm] = [await trainHere(run, { backend: "cpu" }), await trainHere(run)];
  const losses = valuesOf(wasm, "train/loss");
  valuesOf(cpu, "train/loss").forEach((loss, step) => expect(losses[step]).toBeCloseTo(loss, 4));
  expect(last(wasm, "validation/loss")).toBeCloseTo(last(cpu, "validation/loss"), 4);
});

test("texts and models that do not fit are refused with the reason", async () => {
  const text: TrainingSpecInput["dataset"] = { kind: "speeches", vocabulary: 200, perSpeech: 1 };
  await expect(train({ dataset: text, model: { kind: "mlp" } })).rejects.toThrow(
    "model mlp learns classification or regression, but dataset speeches is for text-classification",
  );
  await expect(train({ dataset: { kind: "iris" }, model: { kind: "transformer" } })).rejects.toThrow(
    "model transformer learns next-token or text-classification, but dataset iris is for classification",
  );
  const huge: TrainingSpecInput["model"] = { kind: "transformer", width: 1024, blocks: 24 };
  await expect(train({ dataset: text, model: huge })).rejects.toThrow(/model\.width makes a model of \d+ weights/);
  expect(() => spec({ model: { kind: "transformer", width: 10, heads: 4 } })).toThrow("must be a multiple of heads");
});
