import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackends } from "./backends.ts";
import { count, dot, largestDifference, randomValues } from "./random.ts";

beforeAll(async () => {
  await startBackends();
});

const tensor = (shape: number[], seed: number) => tf.tensor(randomValues(seed, count(shape)), shape);
const run = (name: string, inputs: object, attrs: object = {}): tf.Tensor[] => {
  const outputs: unknown = tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap);
  return [outputs].flat() as tf.Tensor[];
};

describe.each([false, true])("dense layer, relu %s", (relu) => {
  it.each([
    [1, 1, 1],
    [5, 7, 3],
    [32, 64, 10],
    [33, 65, 70],
  ])("%i × %i by %i equals the composed form, and so do its gradients", (m, k, n) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = [tensor([m, k], 1), tensor([k, n], 2), tensor([n], 3)] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
      const dy = tensor([m, n], 4);
      const fused = tf.valueAndGrads((x, kernel, bias) => run("TrainingDense", { x, kernel, bias }, { relu })[0]!);
      const plain = tf.valueAndGrads((x, kernel, bias) => {
        const y = tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias);
        return relu ? tf.relu(y) : y;
      });
      const [ours, theirs] = [fused(inputs, dy), plain(inputs, dy)].map(({ value, grads }) => [value, ...grads]);
      ours!.forEach((each, i) => {
        expect(largestDifference(each.dataSync(), theirs![i]!.dataSync())).toBeLessThan(1e-6);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("takes no product that nobody needs: none by the data", () => {
  const { kernels } = tf.tidy(() => {
    const [x, bias] = [tensor([4, 6], 1), tensor([3], 2)];
    const calls = tf.grad((kernel) => run("TrainingDense", { x, kernel, bias }, { relu: false })[0]!);
    const made: string[] = [];
    const matMul = tf.getKernel("BatchMatMul", "wasm")!;
    tf.unregisterKernel("BatchMatMul", "wasm");
    const kernelFunc: typeof matMul.kernelFunc = (call) => (made.push("product"), matMul.kernelFunc(call));
    tf.registerKernel({ ...matMul, kernelFunc });
    calls(tensor([6, 3], 3));
    tf.unregisterKernel("BatchMatMul", "wasm");
    tf.registerKernel(matMul);
    return { kernels: made.length };
  });
  expect(kernels).toBe(1);
});

it("the sums of squares of many tensors", () => {
  tf.tidy(() => {
    const tensors = [[1], [3], [4, 5], [17, 9], [130, 3]].map((shape, i) => tensor(shape, i));
    const sums = run("TrainingSumSquares", tensors)[0]!.dataSync();
    const expected = tensors.map((each) => dot(each.dataSync(), each.dataSync()));
    expect(largestDifference(sums, expected)).toBeLessThan(1e-6);
  });
});

it("moves many weights, each at its rate, and refuses a gradient of another size", () => {
  tf.tidy(() => {
    const [a, b, da, db] = [tensor([3, 3], 1), tensor([6], 2), tensor([3, 3], 3), tensor([6], 4)];
    const moved = run("TrainingDescendAll", [a, b, da, db], { rates: [0.1, 0.01] });
    const expected = [tf.sub(a, tf.mul(da, 0.1)), tf.sub(b, tf.mul(db, 0.01))];
    moved.forEach((each, i) => expect(largestDifference(each.dataSync(), expected[i]!.dataSync())).toBeLessThan(1e-6));
    expect(() => run("TrainingDescendAll", [a, db], { rates: [0.1] })).toThrow(/TrainingDescendAll: gradient is/);
  });
});
