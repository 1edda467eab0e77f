/** Learned policies: how one is trained, and what comes out. */
import { policyFamilies, PolicyNetwork, PolicyWeights } from "@etude/catalog";
import { z } from "zod";
import { pool, runName, Tags } from "./spec-parts.ts";

/** A shipped policy, or one that was trained here. */
export const PolicyReference = z
  .string()
  .min(1)
  .max(100)
  .meta({ id: "PolicyReference", description: "default-deep, default-nmf, or the id of a trained policy." });

const weight = () => z.number().min(0).max(1000);

/** How a policy is trained. The same config, past and seed give the same policy, bit for bit. */
export const PolicyConfig = z
  .strictObject({
    family: z.enum(policyFamilies).describe("deep: dense networks and analytic problems; nmf: factorisations."),
    iterations: z.int().min(1).max(2000).default(150).describe("Rounds of experience and learning."),
    environments: z.int().min(8).max(1024).default(128).describe("Runs in one round, each of a problem of its own."),
    decisions: z.int().min(5).max(200).default(40).describe("Changes of the rate that a policy may make in a run."),
    seed: z.int().min(0).max(4_294_967_295).default(0),
    problems: z
      .strictObject({
        analytic: weight().default(1).describe("Weight of generated problems."),
        stored: weight().default(0).describe("Weight of tasks that finished runs have left evidence of."),
      })
      .refine(({ analytic, stored }) => analytic + stored > 0, "at least one weight must be above 0")
      .prefault({}),
    init: PolicyReference.optional().describe("Goes on from this policy instead of from chance."),
    imitate: z
      .boolean()
      .default(false)
      .describe("Starts by imitating the best recorded learning-rate curve of each stored task."),
  })
  .refine(({ environments, decisions }) => environments * decisions <= 16_384, {
    path: ["environments"],
    error: "environments × decisions must be at most 16384",
  })
  .meta({ id: "PolicyConfig" });
export type PolicyConfig = z.output<typeof PolicyConfig>;
export type PolicyConfigInput = z.input<typeof PolicyConfig>;

/** What training shows while it runs, once an iteration. */
export const PolicyPoint = z
  .object({
    iteration: z.int().min(0),
    return: z.number().describe("Mean sum of rewards of the iteration's runs, divergence penalties included."),
    trueImprovement: z
      .number()
      .optional()
      .describe("Mean fall of the log of the full training loss on held-out problems, without sampling."),
    divergenceRate: z.number().min(0).max(1).describe("Share of the iteration's runs that diverged."),
    heldOutDivergenceRate: z.number().min(0).max(1).optional(),
    entropy: z.number().min(0).describe("Of the policy's choices, in nats."),
    seconds: z.number().min(0),
  })
  .meta({ id: "PolicyPoint" });
export type PolicyPoint = z.output<typeof PolicyPoint>;

/** The schedule that a policy chooses on one problem. */
export const PolicySample = z
  .object({
    problem: z.string(),
    startRate: z.number(),
    step: z.array(z.int()),
    rate: z.array(z.number()),
    loss: z.array(z.number()).describe("Training loss at these steps."),
  })
  .meta({ id: "PolicySample" });
export type PolicySample = z.output<typeof PolicySample>;

/** The file that a policy's training leaves behind. */
export const policyFile = "policy.json";

/** A trained policy: its weights, and everything needed to train it again. */
export const PolicyArtifact = PolicyWeights.extend({
  critic: PolicyNetwork.optional().describe("Judges states during training; `init` goes on from it too."),
  trainedWith: z.object({
    config: PolicyConfig,
    command: z.string(),
    engine: z.string().describe("What computed the training runs."),
    storedTasks: z.int().min(0),
    updates: z.int().min(0).describe("Updates of training runs that it has seen."),
    seconds: z.number().min(0),
    heldOut: z
      .object({ trueImprovement: z.number(), constant: z.number(), divergenceRate: z.number() })
      .describe("Mean fall of the log loss on held-out problems: of the policy, and of its starting rate held."),
    samples: z.array(PolicySample),
  }),
}).meta({ id: "PolicyArtifact" });
export type PolicyArtifact = z.output<typeof PolicyArtifact>;

/** What `POST /v1/policies` takes. */
export const NewPolicy = z
  .strictObject({ config: PolicyConfig, name: runName, pool, tags: Tags.default({}) })
  .meta({ id: "NewPolicy" });

/** A policy that ships with Etude or that a run trains; one number for each is measured on the same held-out problems. */
export const Policy = z
  .object({
    id: z.string().describe("Name of a shipped policy, or the id of the run that trains it: what a schedule names."),
    name: z.string(),
    family: z.enum(policyFamilies),
    status: z.enum(["shipped", "queued", "running", "cancelling", "paused", "completed", "failed", "cancelled"]),
    version: z.int().min(1).describe("Counts the policies of a family, the oldest first."),
    config: PolicyConfig,
    trained: z
      .object({
        features: z.array(z.string()),
        storedTasks: z.int(),
        updates: z.int(),
        seconds: z.number(),
        engine: z.string(),
        command: z.string(),
        heldOut: PolicyArtifact.shape.trainedWith.shape.heldOut,
      })
      .nullable()
      .describe("Null until it has been trained."),
    samples: z.array(PolicySample).describe("What it chooses on held-out problems; empty in lists."),
    createdAt: z.iso.datetime().nullable().describe("Null for a shipped one."),
  })
  .meta({ id: "Policy" });
export type Policy = z.output<typeof Policy>;
