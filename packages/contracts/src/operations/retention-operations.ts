/** Operations on what may be deleted by itself. */
import { z } from "zod";
import { RetentionPolicy, RetentionPreview, RetentionSpec } from "../retention.ts";
import type { Operation } from "./operation.ts";

export const retentionOperations = {
  listRetention: {
    method: "GET",
    path: "/v1/retention",
    tag: "Server",
    scope: "read",
    summary: "List the retention policies",
    ok: { status: 200, body: z.object({ policies: z.array(RetentionPolicy) }) },
    problems: [],
  },
  setRetention: {
    method: "POST",
    path: "/v1/retention",
    tag: "Server",
    scope: "admin",
    summary: "Set the retention policy of a study, or of all others",
    description: "Replaces the one that holds. Try it with the preview first: what is deleted is gone.",
    body: RetentionSpec,
    ok: { status: 200, body: RetentionPolicy },
    problems: ["study_not_found"],
  },
  previewRetention: {
    method: "POST",
    path: "/v1/retention/preview",
    tag: "Server",
    scope: "read",
    summary: "What a retention policy would delete now",
    description:
      "With a body: if that policy were set beside the others. Without: what those that hold are about to do.",
    body: RetentionSpec.optional(),
    ok: { status: 200, body: RetentionPreview },
    problems: ["study_not_found"],
  },
  deleteRetention: {
    method: "DELETE",
    path: "/v1/retention/:policyId",
    tag: "Server",
    scope: "admin",
    summary: "Delete a retention policy",
    params: z.object({ policyId: z.uuid() }),
    ok: { status: 204 },
    problems: ["policy_not_found"],
  },
} as const satisfies Record<string, Operation>;
