/** The training loop that a user of TensorFlow.js would write: what the benchmarks compare with. */
import { type Batch, type BuiltModel, metrics, type Tf } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import type { Prepared } from "../workers/trainer/src/training/prepare.ts";

const accuracy = metrics.find(({ kind }) => kind === "accuracy")!;

/** One update as a user of TensorFlow.js would write it. */
function bareStep(
  tf: Tf,
  model: BuiltModel,
  optimizer: tfc.Optimizer,
  batch: Batch,
  step: number,
): [number, number, tfc.TypedArray] {
  let outputs: tfc.Tensor | undefined;
  const { value, grads } = tf.variableGrads(
    () => {
      const forward = model.forward(batch, { training: true, step });
      outputs = tf.keep(forward.outputs!);
      return forward.loss;
    },
    model.weights.map(({ variable }) => variable),
  );
  const squares = tf.tidy(() => Object.values(grads).map((gradient) => tf.sum(tf.square(gradient))));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square.dataSync()[0]!, 0));
  const loss = value.dataSync()[0]!;
  const scores = outputs!.dataSync();
  optimizer.applyGradients(grads);
  tf.dispose([value, outputs!, ...Object.values(grads), ...squares]);
  return [loss, norm, scores];
}

/** `steps` updates with a built-in optimizer: batch, forward, backward, loss, gradient norm and accuracy kept in memory. */
export async function bareSteps(
  { session, batches }: Prepared,
  optimizer: tfc.Optimizer,
  steps: number,
): Promise<void> {
  const history: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const batch = batches.at(step);
    const [loss, norm, scores] = bareStep(session.tf, session.model, optimizer, batch, step);
    history.push([loss, norm, accuracy.compute(scores, batch.hostTargets, batch.size)]);
    batches.release(batch);
  }
}
