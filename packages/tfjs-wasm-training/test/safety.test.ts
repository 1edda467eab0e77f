import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, largestDifference, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

describe("indices outside the table", () => {
  it.each([
    [-1, 0],
    [5, 1],
  ])("gather of row %i says which, where, and what is allowed", (index, position) => {
    const indices = [1, 1];
    indices[position] = index;
    const before = tf.memory().numTensors;
    const message = `GatherV2: index ${index} at position ${position} is outside [0, 4]`;
    expect(() => tf.tidy(() => tf.gather(tf.ones([5, 3]), tf.tensor1d(indices, "int32")))).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(["wasm", "cpu"])(
    "unsortedSegmentSum refuses a segment past the last, and drops negatives, on %s",
    async (name) => {
      await tf.setBackend(name);
      const sum = (ids: number[]) =>
        tf.tidy(() => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4]), tf.tensor1d(ids, "int32"), 2).arraySync());
      expect(() => sum([0, 2, 1])).toThrow("segment id 2 at position 1 must be below 2");
      expect(sum([0, -1, 0])).toEqual([5, 0]);
      await tf.setBackend("wasm");
    },
  );

  it("a kernel called by name with tensors that do not fit says which", async () => {
    await tf.setBackend("wasm");
    const run = (name: string, inputs: tf.NamedTensorMap, attrs: Record<string, number>) => () =>
      tf.engine().runKernel(name, inputs, attrs);
    const weight = tf.ones([2, 3]);
    const gradient = tf.ones([2, 2]);
    expect(run("TrainingDescend", { weight, gradient }, { rate: 1, coupledDecay: 0 })).toThrow(
      "TrainingDescend: gradient is float32 [2, 2], must be float32 of 6 elements",
    );
    const targets = tf.ones([2, 3], "bool");
    expect(run("TrainingSoftmaxCrossEntropy", { logits: weight, targets }, {})).toThrow(
      "TrainingSoftmaxCrossEntropy: targets is bool [2, 3], must be float32 of 6 elements",
    );
    const scale = tf.ones([2]);
    expect(run("TrainingLayerNorm", { x: weight, scale, shift: scale }, { epsilon: 1e-5 })).toThrow(
      "scale is float32 [2]",
    );
  });

  it("a gradient of NCHW convolutions is refused by name", () => {
    const dy = tf.ones([1, 2, 3, 3]);
    const run = () =>
      tf.engine().runKernel(
        "Conv2DBackpropFilter",
        { x: tf.ones([1, 2, 4, 4]), dy },
        {
          strides: 1,
          pad: "valid",
          dataFormat: "NCHW",
          filterShape: [2, 2, 2, 2],
        },
      );
    expect(run).toThrow("Conv2DBackpropFilter: dataFormat is NCHW, the wasm backend supports only NHWC");
  });
});

describe("other kernels", () => {
  it.each([
    [
      "ij,jk->ik",
      [
        [3, 4],
        [4, 5],
      ],
    ],
    [
      "bij,bkj->bik",
      [
        [2, 3, 4],
        [2, 5, 4],
      ],
    ],
    ["ij->ji", [[3, 4]]],
    ["ij->", [[3, 4]]],
    ["i,j->ij", [[3], [4]]],
  ] as [string, number[][]][])("einsum %s equals cpu and keeps nothing", async (equation, shapes) => {
    const compute = () =>
      tf.tidy(() => {
        const operands = shapes.map((shape, i) => tf.tensor(randomValues(i + 1, count(shape)), shape));
        return tf.einsum(equation, ...operands).dataSync();
      });
    await tf.setBackend("cpu");
    const expected = compute();
    await tf.setBackend("wasm");
    const backend = tf.backend() as unknown as { numDataIds(): number };
    compute();
    const before = backend.numDataIds();
    expect(largestDifference(compute(), expected)).toBeLessThan(1e-5);
    expect(backend.numDataIds()).toBe(before);
  });

  it("the committed side module is what assembly/ compiles to", () => {
    const script = fileURLToPath(new URL("../scripts/build-wasm.mjs", import.meta.url));
    execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
  });
});
