import "@tensorflow/tfjs-backend-cpu";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { installCpuFixes, installWasmTraining } from "@etude/tfjs-wasm-training";

const kernelOf = (name: string) => tf.getKernel(name, "wasm");

describe("installWasmTraining", () => {
  // The first test of the file finds the stock registry; the later ones find what it left.
  it("adds the missing kernels and replaces the slow ones before the backend starts, with their setup", async () => {
    const setupBefore = kernelOf("BatchMatMul").setupFunc;
    const stock = kernelOf("BatchMatMul").kernelFunc;
    expect(setupBefore).toBeTypeOf("function");
    expect(kernelOf("UnsortedSegmentSum")).toBeUndefined();

    const { kernels } = installWasmTraining(tf, wasm);

    expect(kernels).toEqual(expect.arrayContaining(["BatchMatMul", "Conv2DBackpropFilter", "UnsortedSegmentSum"]));
    for (const name of kernels) expect(kernelOf(name)).toBeDefined();
    expect(kernelOf("BatchMatMul").kernelFunc).not.toBe(stock);
    expect(kernelOf("BatchMatMul").setupFunc).toBe(setupBefore);

    await tf.setBackend("wasm");
    const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]]), false, true);
    expect(product.arraySync()).toEqual([[11]]);
    // A stock kernel that needs its setup still works.
    expect(tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).arraySync()).toEqual([[11]]);
  });

  it("does nothing the second time, now that the backend runs", () => {
    const first = installWasmTraining(tf);
    const functions = first.kernels.map((name) => kernelOf(name).kernelFunc);
    expect(installWasmTraining(tf)).toEqual(first);
    expect(first.kernels.map((name) => kernelOf(name).kernelFunc)).toEqual(functions);
  });

  it("refuses a wasm backend of another version", () => {
    expect(() => installWasmTraining(tf, { version_wasm: "4.21.0" })).toThrow(/4\.21\.0.*4\.22\.0/);
  });

  it("says what to import when there is no wasm backend", () => {
    const bare = { ...tf, getKernel: () => undefined } as unknown as typeof tf;
    expect(() => installWasmTraining(bare)).toThrow(/import "@tensorflow\/tfjs-backend-wasm"/);
  });
});

describe("installCpuFixes", () => {
  it("replaces the segment sum, once", async () => {
    const stock = tf.getKernel("UnsortedSegmentSum", "cpu").kernelFunc;
    expect(installCpuFixes(tf)).toEqual({ kernels: ["UnsortedSegmentSum"] });
    const fixed = tf.getKernel("UnsortedSegmentSum", "cpu").kernelFunc;
    expect(fixed).not.toBe(stock);
    installCpuFixes(tf);
    expect(tf.getKernel("UnsortedSegmentSum", "cpu").kernelFunc).toBe(fixed);

    await tf.setBackend("cpu");
    const sums = tf.unsortedSegmentSum(
      tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      tf.tensor1d([2, 0, 2], "int32"),
      4,
    );
    expect(sums.arraySync()).toEqual([
      [3, 4],
      [0, 0],
      [6, 8],
      [0, 0],
    ]);
  });
});
