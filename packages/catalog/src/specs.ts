/** What a run may name: unions over the registries, with defaults filled on parsing. */
import { z } from "zod";
import type { Dataset, Task } from "./dataset.ts";
import { datasetParams, datasetRegistry } from "./datasets/registry.gen.ts";
import type { Metric } from "./metric.ts";
import { metricParams, metricRegistry } from "./metrics/registry.gen.ts";
import type { Model } from "./model.ts";
import { modelParams, modelRegistry } from "./models/registry.gen.ts";
import type { Optimizer } from "./optimizer.ts";
import { optimizerParams, optimizerRegistry } from "./optimizers/registry.gen.ts";

export const DatasetSpec = z
  .discriminatedUnion("kind", datasetParams)
  .meta({ id: "DatasetSpec", description: "What is learned from." });
export type DatasetSpec = z.output<typeof DatasetSpec>;

export const ModelSpec = z
  .discriminatedUnion("kind", modelParams)
  .meta({ id: "ModelSpec", description: "What is trained." });
export type ModelSpec = z.output<typeof ModelSpec>;

export const OptimizerSpec = z.discriminatedUnion("kind", optimizerParams).meta({
  id: "OptimizerSpec",
  description: "How a gradient becomes a direction; the schedule decides how far to go.",
});
export type OptimizerSpec = z.output<typeof OptimizerSpec>;

/** The name of a metric. */
export const MetricKind = z.enum(metricParams.map(({ shape }) => shape.kind.value)).meta({ id: "MetricKind" });
export type MetricKind = z.output<typeof MetricKind>;

const find = <Entry extends { readonly kind: string }>(
  entries: readonly Entry[],
  what: string,
  kind: string,
): Entry => {
  const entry = entries.find((candidate) => candidate.kind === kind);
  if (!entry) throw new Error(`${what}.kind "${kind}" is not one of ${entries.map((e) => e.kind).join(", ")}`);
  return entry;
};

/** Returns the dataset of a spec. The spec must have been parsed by DatasetSpec. */
export const datasetOf = (spec: DatasetSpec): Dataset =>
  find(datasetRegistry as unknown as readonly Dataset[], "dataset", spec.kind);

/** Returns the task of a spec. */
export function taskOf(spec: DatasetSpec): Task {
  const dataset = datasetOf(spec);
  return dataset.taskOf?.(spec) ?? dataset.task;
}

/** Returns the SHA-256 of each upload that a spec names. */
export const uploadsOf = (spec: DatasetSpec): readonly string[] => datasetOf(spec).uploads?.(spec) ?? [];

/** Returns the model of a spec. */
export const modelOf = (spec: ModelSpec): Model =>
  find(modelRegistry as unknown as readonly Model[], "model", spec.kind);

/** Returns the optimizer of a spec. */
export const optimizerOf = (spec: OptimizerSpec): Optimizer =>
  find(optimizerRegistry as unknown as readonly Optimizer[], "optimizer", spec.kind);

/** All metrics; each is recorded for the tasks it names. */
export const metrics: readonly Metric[] = metricRegistry as unknown as readonly Metric[];

/** All datasets, models and optimizers, for catalogues and conformance tests. */
export const datasets: readonly Dataset[] = datasetRegistry as unknown as readonly Dataset[];
export const models: readonly Model[] = modelRegistry as unknown as readonly Model[];
export const optimizers: readonly Optimizer[] = optimizerRegistry as unknown as readonly Optimizer[];
