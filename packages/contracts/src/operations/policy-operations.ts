/** Operations on learned policies. */
import { policyFamilies } from "@etude/catalog";
import { z } from "zod";
import { NewPolicy, Policy, PolicyReference } from "../policy.ts";
import type { Operation } from "./operation.ts";

const policyParams = z.object({ policyId: PolicyReference });

export const policyOperations = {
  createPolicy: {
    method: "POST",
    path: "/v1/policies",
    tag: "Policies",
    scope: "write",
    summary: "Train a policy",
    description:
      "Queues its training as a run, whose id is the policy's. The run records policy/return, policy/true-improvement, policy/divergence-rate, policy/held-out-divergence-rate and policy/entropy, one point an iteration, and leaves policy.json.",
    body: NewPolicy,
    ok: { status: 202, body: Policy },
    problems: ["unknown_policy", "no_evidence", "combination_refused"],
  },
  listPolicies: {
    method: "GET",
    path: "/v1/policies",
    tag: "Policies",
    scope: "read",
    summary: "Compare policies: the shipped ones, then those trained here, newest first",
    description: "All policies of a family are measured on the same held-out problems, so that their numbers compare.",
    query: z.object({
      family: z.enum(policyFamilies).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50).describe("Of those trained here, for each family."),
    }),
    ok: { status: 200, body: z.object({ policies: z.array(Policy) }) },
    problems: [],
  },
  getPolicy: {
    method: "GET",
    path: "/v1/policies/:policyId",
    tag: "Policies",
    scope: "read",
    summary: "Read one policy, with the schedules that it chooses on held-out problems",
    params: policyParams,
    ok: { status: 200, body: Policy },
    problems: ["unknown_policy"],
  },
  getPolicyWeights: {
    method: "GET",
    path: "/v1/policies/:policyId/weights",
    tag: "Policies",
    scope: "read",
    summary: "Download a trained policy",
    description: "The whole artifact as JSON: the actor that a schedule uses, the critic, and how it was trained.",
    params: policyParams,
    ok: { status: 200, body: z.unknown() },
    problems: ["unknown_policy"],
  },
} as const satisfies Record<string, Operation>;
