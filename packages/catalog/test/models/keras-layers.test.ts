import { createRequire } from "node:module";
import { type BuiltModel, type Data, ModelSpec, modelOf, randomStream, type Tf } from "@etude/catalog";
import type * as layersTf from "@tensorflow/tfjs";
import type * as tfc from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// The whole of TensorFlow.js: its own layers are what ours are compared with.
const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as typeof layersTf;
const { layers } = tf;
const core = tf as unknown as Tf;

let before = 0;
beforeAll(async () => {
  await tf.setBackend("cpu");
  before = tf.memory().numTensors;
});
afterAll(() => expect(tf.memory().numTensors).toBe(before));

const data = (shape: readonly number[], outputs: number, more: Partial<Data> = {}): Data => {
  const none = { count: 1, inputs: new Float32Array(1), targets: new Float32Array(1) };
  return { task: "regression", shape, outputs, train: none, validation: none, ...more };
};

function built(topology: object, of: Data, more: object = {}): BuiltModel {
  const spec = ModelSpec.parse({ kind: "keras", topology, ...more });
  return modelOf(spec).build(core, spec, { data: of, seed: 1, batchSize: 2 });
}

/** Gives every weight of ours a random value, and the layers of tfjs the same. */
function shareWeights(ours: BuiltModel, theirs: layersTf.LayersModel): void {
  const random = randomStream(3, "weights");
  const values = new Map<string, tfc.Tensor>();
  for (const { name, variable } of ours.weights) {
    const numbers = Float32Array.from({ length: variable.size }, () => 0.5 * random.normal());
    const value = tf.tensor(numbers, variable.shape) as unknown as tfc.Tensor;
    variable.assign(value);
    values.set(name, value);
  }
  for (const layer of theirs.layers) {
    const own = layer.weights.map(({ originalName }) => values.get(`${layer.name}/${originalName.split("/").at(-1)}`)!);
    layer.setWeights(own as unknown as layersTf.Tensor[]);
  }
  tf.dispose([...values.values()] as unknown as layersTf.Tensor[]);
}

const sequential = (...list: layersTf.layers.Layer[]): layersTf.Sequential => tf.sequential({ layers: list });
const image = [6, 7, 2];

/** The topology of Keras's functional models: two branches that meet again. */
function branched(): layersTf.LayersModel {
  const input = tf.input({ shape: [6] });
  const left = layers.dense({ units: 4, activation: "relu", name: "left" }).apply(input);
  const right = layers.dense({ units: 4, activation: "tanh", name: "right" }).apply(input);
  const pair = [left, right] as layersTf.SymbolicTensor[];
  const merged = [
    layers.add().apply(pair),
    layers.multiply().apply(pair),
    layers.average().apply(pair),
    layers.maximum().apply(pair),
  ] as layersTf.SymbolicTensor[];
  const joined = layers.concatenate().apply(merged) as layersTf.SymbolicTensor;
  const output = layers.dense({ units: 3, name: "out" }).apply(joined) as layersTf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output });
}

const cases: readonly [string, readonly number[], () => layersTf.LayersModel, Partial<Data>?][] = [
  [
    "dense, layer norm, activations",
    [5],
    () =>
      sequential(
        layers.dense({ inputShape: [5], units: 6, activation: "elu", useBias: false }),
        layers.layerNormalization(),
        layers.dense({ units: 4, activation: "selu" }),
        layers.activation({ activation: "softplus" }),
        layers.reLU(),
        layers.leakyReLU({ alpha: 0.2 }),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 3, activation: "softsign" }),
      ),
  ],
  [
    "convolutions and pooling",
    image,
    () =>
      sequential(
        layers.zeroPadding2d({
          inputShape: image,
          padding: [
            [1, 0],
            [2, 1],
          ],
        }),
        layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" }),
        layers.depthwiseConv2d({ kernelSize: [2, 3], depthMultiplier: 2 }),
        layers.maxPooling2d({ poolSize: 2, strides: 1, padding: "same" }),
        layers.averagePooling2d({ poolSize: [2, 2] }),
        layers.conv2d({ filters: 4, kernelSize: [1, 2], strides: [2, 1], useBias: false }),
        layers.flatten(),
        layers.dense({ units: 2 }),
      ),
  ],
  [
    "dilated convolution and global pooling",
    image,
    () =>
      sequential(
        layers.conv2d({ inputShape: image, filters: 3, kernelSize: 2, dilationRate: 2, activation: "tanh" }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 2 }),
      ),
  ],
  [
    "one-dimensional convolution, reshape, permute",
    [12],
    () =>
      sequential(
        layers.reshape({ inputShape: [12], targetShape: [4, 3] }),
        layers.permute({ dims: [2, 1] }),
        layers.permute({ dims: [2, 1] }),
        layers.conv1d({ filters: 4, kernelSize: 2, padding: "same", activation: "relu" }),
        layers.conv1d({ filters: 3, kernelSize: 2, strides: 2 }),
        layers.globalMaxPooling1d({}),
        layers.repeatVector({ n: 2 }),
        layers.globalAveragePooling1d({}),
      ),
  ],
  ["branches that meet", [6], branched],
  ["simple recurrence", [4, 3], () => sequential(layers.simpleRNN({ inputShape: [4, 3], units: 2 }))],
  [
    "LSTM over GRU",
    [4, 3],
    () =>
      sequential(
        layers.gru({ inputShape: [4, 3], units: 3, returnSequences: true, recurrentActivation: "sigmoid" }),
        layers.lstm({ units: 2, recurrentActivation: "sigmoid", unitForgetBias: false }),
      ),
  ],
  [
    "embedding",
    [5],
    () =>
      sequential(
        layers.embedding({ inputShape: [5], inputDim: 10, outputDim: 4 }),
        layers.globalAveragePooling1d({}),
        layers.dense({ units: 3 }),
      ),
    { vocabulary: 10 },
  ],
];

describe.each(cases)("%s", (_, shape, make, more = {}) => {
  test("computes what the layers of TensorFlow.js compute", async () => {
    const theirs = make();
    const json = theirs.toJSON(null, false) as unknown as object;
    const outputs = (theirs.outputs[0]!.shape as number[]).at(-1)!;
    const ours = built(json, data(shape, outputs, more));
    shareWeights(ours, theirs);
    const random = randomStream(5, "inputs");
    const values = Array.from({ length: 2 * shape.reduce((a, b) => a * b, 1) }, () =>
      more.vocabulary ? Math.floor(random.uniform() * more.vocabulary) : random.normal(),
    );
    const inputs = tf.tensor(values, [2, ...shape]);
    const [mine, wanted] = tf.tidy(() => {
      const batch = { inputs, targets: tf.zeros([2, outputs]), size: 2, rows: new Uint32Array(2) };
      const pass = { training: false, step: 0 };
      const { outputs: y } = ours.forward(batch as unknown as Parameters<BuiltModel["forward"]>[0], pass);
      return [y!.dataSync(), (theirs.predict(inputs) as layersTf.Tensor).dataSync()];
    });
    expect(mine.length).toBe(wanted.length);
    mine.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    expect(new Set(wanted).size).toBeGreaterThan(1);
    ours.dispose();
    theirs.dispose();
    inputs.dispose();
  });
});
