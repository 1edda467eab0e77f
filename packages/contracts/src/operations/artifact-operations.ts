/** Operations on the files that runs leave behind. */
import { z } from "zod";
import { Artifact } from "../work.ts";
import { type Operation, runParams } from "./operation.ts";

export const artifactOperations = {
  listArtifacts: {
    method: "GET",
    path: "/v1/runs/:runId/artifacts",
    tag: "Runs",
    scope: "read",
    summary: "Files that a run left behind",
    params: runParams,
    ok: { status: 200, body: z.object({ artifacts: z.array(Artifact) }) },
    problems: ["run_not_found"],
  },
  getArtifact: {
    method: "GET",
    path: "/v1/runs/:runId/artifacts/:name",
    tag: "Runs",
    scope: "read",
    summary: "Read one of them",
    description: "The bytes as they are, with their media type; the ETag is their SHA-256.",
    params: runParams.extend({ name: z.string().min(1).max(200) }),
    ok: { status: 200, body: z.unknown() },
    problems: ["run_not_found", "artifact_not_found"],
  },
} as const satisfies Record<string, Operation>;
