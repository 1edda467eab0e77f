import type { Data, Examples, Metric, OptimizerState, Tf } from "@etude/catalog";
import { type FedBatch, feedBatch } from "./feed.ts";
import type { Session } from "./session.ts";

/** Examples on the device, in chunks, with the metrics that apply to them. */
export interface EvaluationSet {
  readonly batches: readonly FedBatch[];
  readonly count: number;
  readonly metrics: readonly Metric[];
}

/** Mean loss and metrics over a set. */
export interface Evaluation {
  readonly loss: number;
  readonly metrics: ReadonlyMap<string, number>;
  /** False when a weight is no longer a finite number: some activations hide that from the loss. */
  readonly finiteWeights: boolean;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Examples at once; fewer texts, because a sequence model keeps several values for each of their tokens. */
const chunkOf = ({ vocabulary, shape }: Data): number =>
  vocabulary === undefined ? 1024 : Math.max(1, Math.floor(8192 / shape[0]!));

/** Copies the examples to the device once, for all evaluations of a run. */
export function evaluationSet(tf: Tf, data: Data, examples: Examples, metrics: readonly Metric[]): EvaluationSet {
  const batches: FedBatch[] = [];
  const chunk = chunkOf(data);
  for (let first = 0; first < examples.count; first += chunk) {
    const rows = Uint32Array.from({ length: Math.min(chunk, examples.count - first) }, (_, i) => first + i);
    batches.push(feedBatch(tf, data, examples, rows));
  }
  return { batches, count: examples.count, metrics };
}

/** Evaluates the weights after update `step`, or the ones that the optimizer evaluates with, on the set. Dropout is off. */
export async function evaluate(
  { tf, model, read, optimizer, breathe }: Session,
  set: EvaluationSet,
  state: OptimizerState,
  step: number,
): Promise<Evaluation> {
  const weights = model.weights.map(({ name, variable }) => ({ name, value: variable }));
  const trained = optimizer.evaluationWeights && weights.map(({ value }) => tf.clone(value));
  if (optimizer.evaluationWeights) {
    const averaged = tf.tidy(() => optimizer.evaluationWeights!(tf, state, weights));
    model.weights.forEach(({ variable }, i) => variable.assign(averaged[i]!));
    tf.dispose(averaged);
  }
  let loss = 0;
  const byPart = set.metrics.filter(({ always }) => always);
  const atOnce = set.metrics.filter(({ always }) => !always);
  const values = new Map(byPart.map(({ kind }) => [kind, 0]));
  const kept: { readonly outputs: Float32Array; readonly targets: Float32Array }[] = [];
  for (const batch of set.batches) {
    const { loss: batchLoss, outputs } = tf.tidy(() => model.forward(batch, { training: false, step }));
    const share = batch.size / set.count;
    const [lossValue, outputValues] = await read(outputs ? [batchLoss, outputs] : [batchLoss]);
    loss += lossValue![0]! * share;
    for (const { kind, compute } of byPart) {
      if (outputValues)
        values.set(kind, values.get(kind)! + compute(outputValues, batch.hostTargets, batch.size) * share);
    }
    if (outputValues && atOnce.length > 0) kept.push({ outputs: outputValues, targets: batch.hostTargets });
    tf.dispose(outputs ? [batchLoss, outputs] : [batchLoss]);
    await breathe();
  }
  const totals = tf.tidy(() => model.weights.map(({ variable }) => tf.sum(variable)));
  const finiteWeights = (await read(totals)).every((total) => Number.isFinite(total[0]!));
  tf.dispose(totals);
  if (trained) {
    model.weights.forEach(({ variable }, i) => variable.assign(trained[i]!));
    tf.dispose(trained);
  }
  if (kept.length > 0) {
    const outputs = joined(kept.map((part) => part.outputs));
    const targets = joined(kept.map((part) => part.targets));
    for (const { kind, compute } of atOnce) values.set(kind, compute(outputs, targets, set.count));
  }
  return { loss, metrics: values, finiteWeights };
}
