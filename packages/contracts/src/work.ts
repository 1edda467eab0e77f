/** Work that is queued like a training, but computed by the learning package: it leaves series, a log and artifacts. */
import { z } from "zod";
import { Instant } from "./ids.ts";
import { PolicyConfig } from "./policy.ts";
import { pool, runName, Sha256, Tags } from "./spec-parts.ts";
import { StudyPlan } from "./study-plan.ts";

const common = {
  name: runName,
  pool,
  tags: Tags.default({}),
  inputs: z
    .record(z.string(), Sha256)
    .default({})
    .describe("Blobs that it reads, by name. Filled in by the server when the run is submitted."),
};

/** Trains a policy by reinforcement learning; leaves the artifact `policy.json`. */
export const PolicyTrainingSpec = z
  .strictObject({ kind: z.literal("policy-training"), config: PolicyConfig, ...common })
  .meta({ id: "PolicyTrainingSpec" });
export type PolicyTrainingSpec = z.output<typeof PolicyTrainingSpec>;

/**
 * Runs a study on the array engine; leaves `plan.json` (frozen, canonical), `report.json`, `report.md` with its figures
 * as `report-*.svg`, and `evidence.ndjson`.
 */
export const StudyRunSpec = z
  .strictObject({ kind: z.literal("study"), plan: StudyPlan, ...common })
  .meta({ id: "StudyRunSpec" });
export type StudyRunSpec = z.output<typeof StudyRunSpec>;

/** A file that a run left behind. */
export const Artifact = z
  .object({
    name: z.string(),
    attempt: z.int().min(1),
    sha256: Sha256,
    bytes: z.int().min(0),
    mediaType: z.string(),
    at: Instant,
  })
  .meta({ id: "Artifact" });
export type Artifact = z.output<typeof Artifact>;
