import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf, withScratch } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { callStock, defineKernel } from "../types.ts";

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Floats that the side module's `matmul` needs for packed panels. */
export const scratchSize = (m: number, n: number, k: number): number => 40 + (Math.ceil(n / 8) * 8 + m) * k;

/**
 * `matMul` of every kind. The stock kernel uses XNNPACK only for one untransposed product; transposed ones (both
 * gradients of every dense layer) and batched ones (attention) take a scalar loop, ten times slower. Here the side
 * module multiplies them.
 */
export const batchMatMul = defineKernel<Inputs, Attrs>("BatchMatMul", ({ tf, stock }) => (call) => {
  const { inputs, attrs, backend } = call;
  const { a, b } = inputs;
  const { transposeA, transposeB } = attrs;
  const aOuter = a.shape.slice(0, -2);
  const bOuter = b.shape.slice(0, -2);
  const aBatch = sizeOf(aOuter);
  const bBatch = sizeOf(bOuter);
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  const batch = Math.max(aBatch, bBatch);

  const oneToOne = aBatch === bBatch && aOuter.length === bOuter.length && aOuter.every((d, i) => d === bOuter[i]);
  const mixed = !oneToOne && aBatch !== 1 && bBatch !== 1;
  const floats = a.dtype === "float32" && b.dtype === "float32";
  if (mixed || !floats || inner !== k || batch * m * n * k === 0) return callStock("BatchMatMul", stock, call);

  const outer = tf.broadcast_util.assertAndGetBroadcastShape(aOuter, bOuter);
  const output = backend.makeOutput([...outer, m, n], "float32");
  withScratch(backend, (keep) => {
    const scratch = keep(backend.makeOutput([scratchSize(m, n, k)], "float32"));
    sideModule(backend).matmul(
      addressOf(backend, a),
      addressOf(backend, b),
      addressOf(backend, output),
      batch,
      m,
      n,
      k,
      aBatch === 1 ? 0 : m * k,
      transposeA ? 1 : k,
      transposeA ? m : 1,
      bBatch === 1 ? 0 : k * n,
      transposeB ? 1 : n,
      transposeB ? k : 1,
      addressOf(backend, scratch),
    );
  });
  return output;
});
