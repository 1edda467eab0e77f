import { createRequire } from "node:module";
import { type Batch, type BuiltModel, type Data, ModelSpec, modelOf, type Task, type Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

const tf = createRequire(import.meta.url)("@tensorflow/tfjs") as Tf;
beforeAll(() => tf.setBackend("cpu"));

const none = { count: 1, inputs: new Float32Array(1), targets: new Float32Array(1) };
const build = (model: object, task: Task, length: number): BuiltModel => {
  const spec = ModelSpec.parse(model);
  const outputs = task === "next-token" ? 9 : 3;
  const data: Data = { task, shape: [length], outputs, vocabulary: 9, train: none, validation: none };
  return modelOf(spec).build(tf, spec, { data, seed: 4, batchSize: 1 });
};
const transformer = { kind: "transformer", width: 8, heads: 2, blocks: 2 };

/** Logits of one text. */
function outputs(model: BuiltModel, text: number[], targets: readonly [number, number]): number[] {
  let read: number[] = [];
  tf.tidy(() => {
    const batch: Batch = {
      inputs: tf.tensor2d([text]),
      targets: tf.zeros([...targets]),
      size: 1,
      rows: new Uint32Array(1),
    };
    read = [...model.forward(batch, { training: false, step: 0 }).outputs!.dataSync()];
  });
  return read;
}

test("no place sees a later token, and every one sees the first", () => {
  const model = build(transformer, "next-token", 5);
  const at = (text: number[], place: number): number[] => outputs(model, text, [5, 9]).slice(9 * place, 9 * place + 9);
  for (let place = 0; place < 5; place++) {
    const text = [1, 2, 3, 4, 5];
    const later = text.map((token, i) => (i > place ? 8 - token : token));
    at(later, place).forEach((value, i) => expect(value).toBeCloseTo(at(text, place)[i]!, 6));
    expect(at([7, 2, 3, 4, 5], place)).not.toEqual(at(text, place));
  }
  model.dispose();
});

test.each([transformer, { kind: "embedding-pool", hidden: [4] }])(
  "$kind: what padding holds counts for nothing",
  (spec) => {
    const model = build(spec, "text-classification", 6);
    const before = outputs(model, [1, 2, 3, 0, 0, 0], [1, 3]);
    expect(outputs(model, [1, 2, 4, 0, 0, 0], [1, 3])).not.toEqual(before);
    // Another vector for the padding changes nothing.
    const { variable } = model.weights[0]!;
    const bumped = tf.tidy(() =>
      tf.add(variable, tf.oneHot(tf.tensor1d([0], "int32"), 9, 100, 0).transpose() as tfc.Tensor),
    );
    variable.assign(bumped as tfc.Tensor);
    bumped.dispose();
    outputs(model, [1, 2, 3, 0, 0, 0], [1, 3]).forEach((value, i) => expect(value).toBeCloseTo(before[i]!, 5));
    // A text without any word has an answer too.
    expect(outputs(model, [0, 0, 0, 0, 0, 0], [1, 3]).every(Number.isFinite)).toBe(true);
    model.dispose();
  },
);

test("groups and weights are named by place, and the same seed starts alike", () => {
  const [one, other] = [build(transformer, "next-token", 5), build(transformer, "next-token", 5)];
  expect(one.groups).toEqual(["embedding", "block-1", "block-2", "output"]);
  expect(one.weights.map(({ name }) => name).slice(0, 4)).toEqual([
    "embedding/tokens",
    "embedding/places",
    "block-1/attention-norm/scale",
    "block-1/attention-norm/shift",
  ]);
  expect(new Set(one.weights.map(({ name }) => name)).size).toBe(one.weights.length);
  one.weights.forEach(({ variable }, i) => expect(variable.dataSync()).toEqual(other.weights[i]!.variable.dataSync()));
  for (const model of [one, other]) model.dispose();
});
