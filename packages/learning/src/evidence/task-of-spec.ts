/** A training spec as a task of the evidence. */
import { datasetOf } from "@etude/catalog";
import type { NewEvidenceTask, TaskDomain, TaskSpec } from "@etude/contracts";
import { hashOf } from "./complete-evidence.ts";

type Parts = Pick<TaskSpec, "dataset" | "model" | "optimizer" | "batchSize" | "order">;

const images: ReadonlySet<string> = new Set(["digits", "mnist"]);

function domainOf({ dataset }: Pick<Parts, "dataset">): TaskDomain {
  switch (datasetOf(dataset).task) {
    case "factorisation":
      return "factorisation";
    case "minimisation":
      return "analytic";
    case "text-classification":
    case "next-token":
      return "text";
    case "regression":
      return "tabular";
    case "classification":
      return images.has(dataset.kind) ? "vision" : "tabular";
  }
}

/**
 * Returns the task that a training of `steps` updates is. The same dataset, model and optimizer with all their
 * parameters, batch size, order and length give the same id and hash.
 */
export function taskOfSpec(spec: Parts, steps: number): NewEvidenceTask {
  const { dataset, model, optimizer, batchSize, order } = spec;
  const domain = domainOf(spec);
  const mark = hashOf([dataset, model, optimizer, order]).replaceAll(/\W|_/g, "").slice(0, 6).toLowerCase();
  return {
    id: `${dataset.kind}-${model.kind}-${optimizer.kind}-b${batchSize}-t${steps}-${mark}`,
    family: domain === "analytic" ? model.kind : dataset.kind,
    domain,
    dataset: dataset.kind,
    model: model.kind,
    optimizer: optimizer.kind,
    batchSize,
    steps,
    momentum: "momentum" in optimizer && typeof optimizer.momentum === "number" ? optimizer.momentum : 0,
    specs: { dataset, model, optimizer },
  };
}
