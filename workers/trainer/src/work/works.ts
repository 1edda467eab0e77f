import type { WorkSpec } from "@etude/contracts";
import { policyTraining } from "./policy-training.ts";
import { study } from "./study.ts";
import type { Work } from "./work.ts";

/** What this worker can do besides training a model, by kind. */
export const works: { readonly [Kind in WorkSpec["kind"]]?: Work<Extract<WorkSpec, { kind: Kind }>> } = {
  study,
  "policy-training": policyTraining,
};
