import { createRequire } from "node:module";
import { type Batch, type BuiltModel, type Data, ModelSpec, modelOf, type Task, type Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";

const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as Tf;
beforeAll(() => tf.setBackend("cpu"));

const none = { count: 1, inputs: new Float32Array(1), targets: new Float32Array(1) };
const build = (topology: unknown, of: Partial<Data> = {}, more: object = {}): BuiltModel => {
  const spec = ModelSpec.parse({ kind: "keras", topology, ...more });
  const data: Data = { task: "classification", shape: [4], outputs: 3, train: none, validation: none, ...of };
  return modelOf(spec).build(tf, spec, { data, seed: 1, batchSize: 2 });
};
const sequential = (...layers: [string, object?][]): object => ({
  class_name: "Sequential",
  config: { layers: layers.map(([class_name, config]) => ({ class_name, config })) },
});
const dense = (units: number, more: object = {}): [string, object] => ["Dense", { units, ...more }];

/** The layer list of a Functional model as Keras 3 writes it. */
function keras3(): object {
  const tensor = (name: string): object => ({
    class_name: "__keras_tensor__",
    config: { shape: [null, 4], dtype: "float32", keras_history: [name, 0, 0] },
  });
  const layer = (class_name: string, name: string, config: object, from: unknown[]): object => ({
    module: "keras.layers",
    class_name,
    name,
    registered_name: null,
    config: { name, trainable: true, dtype: { class_name: "DTypePolicy", config: { name: "float32" } }, ...config },
    inbound_nodes: from.length > 0 ? [{ args: from, kwargs: {} }] : [],
  });
  const zeros = { module: "keras.initializers", class_name: "Zeros", config: {}, registered_name: null };
  return {
    module: "keras.src.models.functional",
    class_name: "Functional",
    config: {
      name: "functional",
      trainable: true,
      layers: [
        layer("InputLayer", "in", { batch_shape: [null, 4], sparse: false }, []),
        layer("Dense", "left", { units: 5, activation: "gelu", bias_initializer: zeros }, [tensor("in")]),
        layer("Dense", "right", { units: 5, activation: "silu", kernel_regularizer: null }, [tensor("in")]),
        layer("Add", "sum", {}, [[tensor("left"), tensor("right")]]),
        layer("Dense", "out", { units: 3, activation: "softmax" }, [tensor("sum")]),
      ],
      input_layers: ["in", 0, 0],
      output_layers: ["out", 0, 0],
    },
    registered_name: "Functional",
    compile_config: { optimizer: "adam" },
  };
}

const names = (model: BuiltModel): string[] => model.weights.map(({ name }) => name);
const free = (...models: BuiltModel[]): void => models.forEach((model) => model.dispose());

describe("what Keras and TensorFlow.js write", () => {
  test("a functional model of Keras 3, and model.json around it", () => {
    const json = keras3();
    const models = [build(json), build({ modelTopology: { model_config: json } }), build({ modelTopology: json })];
    for (const model of models) {
      expect(names(model)).toEqual(["left", "right", "out"].flatMap((layer) => [`${layer}/kernel`, `${layer}/bias`]));
      expect(model.groups).toEqual(["left", "right", "out"]);
    }
    free(...models);
  });

  test("the run's seed decides the start, and a frozen layer keeps it", () => {
    const topology = sequential(dense(2, { name: "a", trainable: false }), dense(3, { name: "b" }));
    const model = build(topology);
    expect(names(model)).toEqual(["b/kernel", "b/bias"]);
    free(model);
  });

  test("orthogonal rows have length 1 and stand upright on each other", () => {
    const model = build(sequential(dense(6, { name: "a", kernel_initializer: "orthogonal" }), dense(3)));
    const kernel = model.weights[0]!.variable as tfc.Tensor2D;
    const gram = tf.tidy(() => [...tf.matMul(kernel, kernel, false, true).dataSync()]);
    gram.forEach((value, i) => expect(value).toBeCloseTo(i % 5 === 0 ? 1 : 0, 5));
    free(model);
  });
});

describe("loss", () => {
  const lossAt = (model: BuiltModel, targets: number[][], inputs: number[][]): [number, number[]] => {
    let read: [number, number[]] = [Number.NaN, []];
    tf.tidy(() => {
      const batch = { inputs: tf.tensor2d(inputs), targets: tf.tensor2d(targets), size: inputs.length };
      const made = model.forward({ ...batch, rows: new Uint32Array(inputs.length) } as Batch, {
        training: true,
        step: 0,
      });
      read = [made.loss.dataSync()[0]!, [...made.outputs!.dataSync()]];
    });
    model.dispose();
    return read;
  };
  const ones = { kernel_initializer: "ones" };
  const x = [
    [1, 2],
    [0, -1],
  ]; // x·1 = 3 and −1
  const two = { shape: [2], outputs: 2 };

  test("one sigmoid for two classes is the cross-entropy of its logit", () => {
    const topology = sequential(dense(1, { ...ones, activation: "sigmoid" }));
    const [loss, outputs] = lossAt(
      build(topology, two, { loss: "binary-crossentropy" }),
      [
        [0, 1],
        [0, 1],
      ],
      x,
    );
    expect(loss).toBeCloseTo((Math.log1p(Math.exp(-3)) + Math.log1p(Math.exp(1))) / 2, 5);
    expect(outputs).toEqual([0, 3, 0, -1]);
  });

  test.each([
    ["mean-squared-error", (9 + 1) / 2],
    ["mean-absolute-error", (3 + 1) / 2],
    ["huber", (2.5 + 0.5) / 2],
  ])("%s", (loss, wanted) => {
    const model = build(sequential(dense(1, ones)), { task: "regression", shape: [2], outputs: 1 }, { loss });
    expect(lossAt(model, [[0], [0]], x)[0]).toBeCloseTo(wanted, 5);
  });

  test("a regulariser adds its penalty, a softmax at the end is part of the cross-entropy", () => {
    const l2 = { class_name: "L2", config: { l2: 0.1 } };
    const plain = build(sequential(dense(2, { ...ones, activation: "softmax" })), two);
    const punished = build(sequential(dense(2, { ...ones, kernel_regularizer: l2 })), two);
    const targets = [
      [1, 0],
      [0, 1],
    ];
    expect(lossAt(plain, targets, x)[0]).toBeCloseTo(Math.LN2, 5);
    expect(lossAt(punished, targets, x)[0]).toBeCloseTo(Math.LN2 + 0.1 * 4, 5);
  });
});

describe("refused before a run is queued", () => {
  const message = (topology: unknown): string =>
    ModelSpec.safeParse({ kind: "keras", topology })
      .error!.issues.map((issue) => issue.message)
      .join("; ");

  test.each<[string, unknown, string]>([
    ["no model", {}, 'class_name is missing, must be "Sequential", "Functional" or "Model"'],
    ["no layers", sequential(), "config.layers must be a list with at least one layer"],
    [
      "unknown layer",
      sequential(["CapsNet", { name: "c" }]),
      'layer "c" (CapsNet): this layer is not supported; supported are',
    ],
    ["batch norm", sequential(["BatchNormalization"]), "use LayerNormalization"],
    ["equal names", sequential(dense(1, { name: "a" }), dense(1, { name: "a" })), "another layer has the same name"],
  ])("%s", (_, topology, wanted) => expect(message(topology)).toContain(wanted));

  test("a graph that cannot be ordered, and an unknown loss", () => {
    const layer = (name: string, ...from: string[]): object => ({
      class_name: "Add",
      name,
      config: { name },
      inbound_nodes: [from.map((source) => [source, 0, 0, {}])],
    });
    const graph = (...layers: object[]): object => ({
      class_name: "Functional",
      config: { layers, input_layers: [["in", 0, 0]], output_layers: [["a", 0, 0]] },
    });
    expect(message(graph(layer("a", "b"), layer("b", "a")))).toContain("it reads its own output, through others");
    expect(message(graph(layer("a", "b")))).toContain('layer "a" reads "b", which is not among the layers');
    const odd = ModelSpec.safeParse({ kind: "keras", topology: sequential(dense(3)), loss: "hinge-of-fate" });
    expect(odd.error!.issues[0]!.path).toEqual(["loss"]);
  });
});

describe("refused with the data at hand", () => {
  test.each<[string, object, string, Partial<Data>?, object?]>([
    [
      "declared shape",
      sequential(["InputLayer", { batch_shape: [null, 9] }], dense(3)),
      "takes inputs of shape [9], but the dataset has [4]",
    ],
    ["outputs", sequential(dense(7)), "ends in shape [7], but the dataset needs [3]"],
    [
      "last activation",
      sequential(dense(3, { activation: "relu" })),
      "ends in relu, but model.loss categorical-crossentropy needs softmax",
    ],
    ["units", sequential(["Dense", { name: "d" }]), 'layer "d" (Dense): units is nothing, must be a whole number'],
    [
      "activation",
      sequential(dense(3, { activation: "zigzag" })),
      'activation is "zigzag", must be one of linear, relu',
    ],
    [
      "initialiser",
      sequential(dense(3, { kernel_initializer: "magic" })),
      'kernel_initializer is "magic", must be one of Zeros',
    ],
    [
      "regulariser",
      sequential(dense(3, { kernel_regularizer: "l7" })),
      "kernel_regularizer is l7, must be L1, L2 or L1L2",
    ],
    ["rank", sequential(["Conv2D", { filters: 1, kernel_size: 3 }]), "its input has shape [4], must have 3 axes"],
    [
      "window",
      sequential(["Conv2D", { filters: 1, kernel_size: 9 }]),
      "a window of 9 does not fit an axis of 8",
      { shape: [8, 8, 1] },
    ],
    ["average at the edge", sequential(["AveragePooling2D", { padding: "same" }]), 'use "valid"', { shape: [8, 8, 1] }],
    ["reshape", sequential(["Reshape", { target_shape: [3] }]), "target_shape [3] does not hold the 4 values"],
    [
      "no tokens",
      sequential(["Embedding", { input_dim: 9, output_dim: 2 }]),
      "it reads tokens, and the dataset's inputs are none",
    ],
    [
      "few tokens",
      sequential(["Embedding", { input_dim: 9, output_dim: 2 }]),
      "input_dim is 9, but the dataset has 50 tokens",
      { vocabulary: 50 },
    ],
    [
      "loss of another task",
      sequential(dense(1)),
      "needs classes, and the dataset is for regression",
      { task: "regression" as Task, outputs: 1 },
      { loss: "binary-crossentropy" },
    ],
    [
      "too large",
      sequential(dense(1_000_000), dense(1000)),
      "model.topology makes a model of 1005000000 weights; at most",
    ],
    ["nothing to train", sequential(["Dropout", { rate: 0.1 }]), "no layer with trainable weights"],
  ])("%s, and every tensor is freed", (_, topology, wanted, of, more) => {
    const before = tf.memory().numTensors;
    expect(() => build(topology, of, more)).toThrow(wanted);
    expect(tf.memory().numTensors).toBe(before);
  });
});
