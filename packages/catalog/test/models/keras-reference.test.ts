import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Batch, type Data, ModelSpec, modelOf, type Tf } from "@etude/catalog";
import { beforeAll, expect, test } from "vitest";

interface Reference {
  readonly cases: readonly {
    readonly name: string;
    readonly topology: object;
    readonly shape: readonly number[];
    readonly weights: Readonly<Record<string, { shape: number[]; values: number[] }>>;
    readonly inputs: number[];
    readonly outputs: number[];
  }[];
}

/** Written by Keras itself; the file says by which version. */
const file = new URL("../reference/keras-models.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as Reference;
const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as Tf;
beforeAll(() => tf.setBackend("cpu"));

/** Keras calls a depthwise kernel "kernel", and keeps both biases of a GRU in one weight of two rows. */
function theirs(weights: Reference["cases"][number]["weights"], name: string): number[] {
  const base = name.replace("/depthwise_kernel", "/kernel").replace("/recurrent_bias", "/bias");
  const { shape, values } = weights[base]!;
  const half = values.length / 2;
  if (!name.startsWith("gru/") || shape.length !== 2 || !base.endsWith("/bias")) return values;
  return name.endsWith("/recurrent_bias") ? values.slice(half) : values.slice(0, half);
}

test.each(cases)(
  "$name: the JSON of Keras, with its weights, gives its outputs",
  ({ topology, shape, weights, ...io }) => {
    const none = { count: 1, inputs: new Float32Array(1), targets: new Float32Array(1) };
    const width = io.outputs.length / 2;
    const embedded = Object.keys(weights).some((name) => name.endsWith("/embeddings"));
    const data: Data = { task: "regression", shape, outputs: width, train: none, validation: none };
    const spec = ModelSpec.parse({ kind: "keras", topology });
    const context = { data: { ...data, ...(embedded && { vocabulary: 9 }) }, seed: 0, batchSize: 2 };
    const model = modelOf(spec).build(tf, spec, context);
    const given = Object.keys(weights).length + (weights["gru/bias"] ? 1 : 0);
    expect(model.weights.length).toBe(given);
    for (const { name, variable } of model.weights) {
      const value = tf.tensor(theirs(weights, name), variable.shape);
      variable.assign(value);
      value.dispose();
    }
    tf.tidy(() => {
      const batch: Batch = {
        inputs: tf.tensor(io.inputs, [2, ...shape]),
        targets: tf.zeros([2, width]),
        size: 2,
        rows: new Uint32Array(2),
      };
      const outputs = model.forward(batch, { training: false, step: 0 }).outputs!.dataSync();
      io.outputs.forEach((value, i) => expect(outputs[i]).toBeCloseTo(value, 5));
    });
    model.dispose();
  },
);
