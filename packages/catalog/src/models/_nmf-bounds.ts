import type * as tfc from "@tensorflow/tfjs-core";
import type { Batch } from "../model.ts";
import type { Tf } from "../optimizer.ts";
import { largestEigenvalue, spectralNormBound } from "./_spectral.ts";

interface BoundInput {
  readonly w: tfc.Variable<tfc.Rank.R2>;
  readonly h: tfc.Variable<tfc.Rank.R2>;
  readonly update: "alternating" | "joint";
  readonly batch: Batch;
  readonly batchRows: number;
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
}

/**
 * Returns the largest stable rate of each factor for the loss ½‖X − WH‖²_F:
 *
 * - W, whose rows each see their exact gradient: 2 / ‖HHᵀ‖₂.
 * - H, full batch: 2 / ‖WᵀW‖₂; with b of m rows, gradient scaled by m / b:
 *   2 / (m · max ‖wᵢ‖² / b + (1 − 1/b) ‖WᵀW‖₂), sufficient for stability in the mean square.
 * - joint: both the above and 2 / (‖WᵀW‖₂ + ‖HHᵀ‖₂ + ‖WH − X‖₂), the norm of the joint Hessian.
 *
 * Norms are bounded from above, so the rates never err on the long side.
 */
export async function nmfBounds(tf: Tf, input: BoundInput): Promise<{ readonly w: number; readonly h: number }> {
  const { w, h, update, batch, batchRows, rows, columns, rank } = input;
  const joint = update === "joint";
  const tensors = tf.tidy(() => [
    tf.matMul(w, w, true, false),
    tf.matMul(h, h, false, true),
    tf.max(tf.sum(tf.square(w), 1)),
    ...(joint ? [tf.sub(tf.matMul(batchFactor(tf, w, batch, rows), h), batch.targets)] : []),
  ]);
  const [left, right, longest, residual] = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose(tensors);
  // A projected factor has no negative entries; without the projection |·| keeps the bound valid.
  const gramNorm = (gram: ArrayLike<number>): number => largestEigenvalue(Array.from(gram, Math.abs), rank);
  const [normW, normH] = [gramNorm(left!), gramNorm(right!)];
  const whole = batchRows >= rows;
  const curvatureH = whole ? normW : (rows * longest![0]!) / batchRows + (1 - 1 / batchRows) * normW;
  if (!joint) return { w: 2 / normH, h: 2 / curvatureH };
  // Of a batch only its part of the residual is known; m / b times its square stands for the whole.
  const residualNorm = spectralNormBound(residual!, batch.size, columns) * Math.sqrt(rows / batch.size);
  const together = 2 / (curvatureH + normH + residualNorm);
  return { w: together, h: together };
}

function batchFactor(tf: Tf, w: tfc.Tensor2D, { rows: chosen, size }: Batch, rows: number): tfc.Tensor2D {
  return size === rows ? w : (tf.gather(w, tf.tensor1d(Int32Array.from(chosen), "int32")) as tfc.Tensor2D);
}
