import { type Data, DatasetSpec, datasetOf, datasets } from "@etude/catalog";
import { expect, test } from "vitest";

const mnist = datasets.find(({ kind }) => kind === "mnist")!;

/** An IDX file of `count` items; byte i of the items is i mod 251. */
function idx(count: number, ...shape: number[]): Uint8Array {
  const axes = [count, ...shape];
  const bytes = new Uint8Array(4 + 4 * axes.length + axes.reduce((a, b) => a * b, 1));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + axes.length);
  axes.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  for (let i = 4 + 4 * axes.length, k = 0; i < bytes.length; i++, k++) bytes[i] = shape.length > 0 ? k % 251 : k % 10;
  return bytes;
}

const files = (changes: Record<string, Uint8Array> = {}): Map<string, Uint8Array> =>
  new Map(
    mnist.files.map((name) => {
      const made = name.includes("images") ? idx(200, 28, 28) : idx(200);
      return [name, Object.entries(changes).find(([part]) => name.includes(part))?.[1] ?? made];
    }),
  );

const load = (input: object, bytes = files()): Data => {
  const spec = DatasetSpec.parse({ kind: "mnist", train: 150, validation: 100, ...input });
  return datasetOf(spec).load(spec, bytes) as Data;
};

test("reads images and labels as they lie in the files", () => {
  const { train, validation, shape, outputs } = load({});
  expect([shape, outputs, train.count, validation.count]).toEqual([[28, 28, 1], 10, 150, 100]);
  expect(train.inputs.length).toBe(150 * 784);
  // Byte 784 · 2 + 5 of the pixels.
  expect(train.inputs[784 * 2 + 5]).toBeCloseTo(((784 * 2 + 5) % 251) / 255, 6);
  expect([...train.targets.subarray(0, 12)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
});

test("label noise changes its share of the training labels only", () => {
  const [clean, noisy] = [load({}), load({ labelNoise: 0.5 })];
  const changed = noisy.train.targets.filter((label, i) => label !== clean.train.targets[i]).length;
  // Of the half that is drawn anew, a tenth draws its old label.
  expect(changed / 150).toBeGreaterThan(0.33);
  expect(changed / 150).toBeLessThan(0.57);
  expect(noisy.validation).toEqual(clean.validation);
  expect(load({ labelNoise: 0.5 })).toEqual(noisy);
  expect(load({ labelNoise: 0.5, noiseSeed: 1 })).not.toEqual(noisy);
});

test("a file of another kind or with too few items is refused by its name", () => {
  const wrong = files({ "train-images": idx(200, 20, 20) });
  expect(() => load({}, wrong)).toThrow("data/train-images-idx3-ubyte is no IDX file of 28 × 28 images");
  expect(() => load({}, files({ "t10k-labels": new Uint8Array(7) }))).toThrow("t10k-labels-idx1-ubyte is no IDX file");
  expect(() => load({ train: 201 })).toThrow("holds 200 items");
});
