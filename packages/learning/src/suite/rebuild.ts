import type { Data, ModelSpec, OptimizerSpec } from "@etude/catalog";
import { cnn, cnnGroups } from "../engine/cnn.ts";
import { factorisationProblem } from "../engine/factorisation.ts";
import { meanSquaredError, softmaxCrossEntropy } from "../engine/layers/losses.ts";
import { mlp, mlpGroups } from "../engine/mlp.ts";
import { networkProblem, type NetworkProblem, rowsOf } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { embeddingNetwork, poolGroups, transformer, transformerGroups } from "../engine/text-networks.ts";
import { quadratic } from "./quadratics.ts";
import { rosenbrock } from "./rosenbrock.ts";

/** What the trainer ran: enough to train the same in the array engine. */
export interface RecordedTask {
  readonly id: string;
  readonly title: string;
  readonly model: ModelSpec;
  readonly optimizer: OptimizerSpec;
  readonly batchSize: number;
  readonly steps: number;
}

/**
 * Returns a task of the trainer as a problem of the array engine, or undefined where the engine lacks its model: dropout,
 * Keras topologies, convolutions of more than one block or another size than 3 × 3, transformers that classify,
 * factorisations other than the usual alternating one. Shuffled order; the noise of analytic problems is drawn anew for
 * each update; a factorisation by batches takes the matrix's rows as the engine's columns.
 */
export function rebuildProblem(task: RecordedTask, data: Data): Problem | undefined {
  const { model } = task;
  if ("dropout" in model && model.dropout > 0) return undefined;
  switch (model.kind) {
    case "mlp":
      return ofNetwork(task, data, mlpGroups(model), {
        build: mlp({ ...model, inputs: data.shape.reduce((a, b) => a * b, 1), outputs: data.outputs }),
      });
    case "cnn": {
      const [side, width, channels] = data.shape;
      const [filters] = model.filters;
      const fits = side === width && side! % 2 === 0 && channels === 1;
      if (!fits || model.filters.length > 1 || model.kernelSize !== 3) return undefined;
      return ofNetwork(task, data, cnnGroups, {
        build: cnn({ side: side!, filters: filters!, outputs: data.outputs }),
      });
    }
    case "embedding-pool": {
      const shape = { ...model, vocabulary: data.vocabulary!, length: data.shape[0]!, outputs: data.outputs };
      return ofNetwork(task, data, poolGroups(model), { build: embeddingNetwork(shape, "mean") });
    }
    case "transformer": {
      if (data.task !== "next-token") return undefined;
      const shape = { ...model, vocabulary: data.vocabulary!, length: data.shape[0]! };
      return ofNetwork(task, data, transformerGroups(model), {
        build: transformer(shape),
        scoresPerRow: shape.length,
      });
    }
    case "nmf":
      return ofFactorisation(task, model, data);
    case "quadratic": {
      const { jumps, bursts } = model;
      const noise = noiseOf(task, data);
      return quadratic(about(task), {
        ...model,
        dimension: data.outputs,
        curvature: (step) => jumps.reduce((all, jump) => (step >= jump.step ? all * jump.factor : all), 1),
        noise: (step) =>
          bursts.reduce((all, { from, to, factor }) => (step >= from && step < to ? all * factor : all), noise),
      });
    }
    case "rosenbrock":
      return noiseOf(task, data) > 0 ? undefined : rosenbrock(about(task), { ...model, dimension: data.outputs });
    default:
      return undefined;
  }
}

/** Recorded losses are float32: finer differences mean nothing. */
const about = ({ id, title, steps, optimizer }: RecordedTask) => ({
  id,
  family: id,
  title,
  steps,
  optimizer,
  resolution: 1e-6,
});

function ofNetwork(
  task: RecordedTask,
  data: Data,
  groups: readonly string[],
  network: Pick<NetworkProblem, "build" | "scoresPerRow">,
): Problem {
  const regression = data.task === "regression";
  const text = data.task === "text-classification" || data.task === "next-token";
  return networkProblem(
    { ...about(task), groups, domain: text ? "text" : data.shape.length === 3 ? "vision" : "tabular" },
    {
      ...network,
      train: rowsOf(data.train),
      validation: rowsOf(data.validation),
      batchSize: task.batchSize,
      loss: regression ? meanSquaredError : softmaxCrossEntropy,
    },
  );
}

function ofFactorisation(
  task: RecordedTask,
  model: Extract<ModelSpec, { kind: "nmf" }>,
  data: Data,
): Problem | undefined {
  const { update, fixed, nonNegative, maxChange, noise, rank, boundShare } = model;
  const usual = update === "alternating" && fixed === "none" && nonNegative && maxChange === undefined && noise === 0;
  if (!usual) return undefined;
  const { count, inputs } = data.train;
  const columns = data.outputs;
  const whole = task.batchSize >= count;
  const matrix = whole
    ? {
        rows: count,
        columns,
        values: Float64Array.from(inputs, (_, at) => inputs[(at % count) * columns + Math.floor(at / count)]!),
      }
    : { rows: columns, columns: count, values: Float64Array.from(inputs) };
  const batchColumns = whole ? columns : task.batchSize;
  return factorisationProblem(about(task), { matrix, rank, batchColumns, relativeNoise: 0, boundShare });
}

/** Deviation of the mean noise of a batch in one coordinate. */
function noiseOf({ batchSize }: RecordedTask, { train: { inputs, count } }: Data): number {
  const variance = inputs.reduce((sum, value) => sum + value * value, 0) / inputs.length;
  return Math.sqrt(variance / Math.min(batchSize, count));
}
