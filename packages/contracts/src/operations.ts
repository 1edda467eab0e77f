/**
 * The table of HTTP operations: routes, validation, OpenAPI, SDK and CLI types all come from here.
 * A handler lives in apps/api/src/routes under the operation's name.
 */
import { ServerInfo } from "./info.ts";
import { accessOperations } from "./operations/access-operations.ts";
import { artifactOperations } from "./operations/artifact-operations.ts";
import { evidenceOperations } from "./operations/evidence-operations.ts";
import { externalOperations } from "./operations/external-operations.ts";
import { historyOperations } from "./operations/history-operations.ts";
import { lawOperations } from "./operations/law-operations.ts";
import type { Operation } from "./operations/operation.ts";
import { policyOperations } from "./operations/policy-operations.ts";
import { queryOperations } from "./operations/query-operations.ts";
import { retentionOperations } from "./operations/retention-operations.ts";
import { runOperations } from "./operations/run-operations.ts";
import { scheduleOperations } from "./operations/schedule-operations.ts";
import { studyOperations } from "./operations/study-operations.ts";
import { uploadOperations } from "./operations/upload-operations.ts";

export type { Operation } from "./operations/operation.ts";
export { RunFilter, RunPatch } from "./operations/run-operations.ts";

export const operations = {
  ...runOperations,
  ...externalOperations,
  ...historyOperations,
  ...artifactOperations,
  ...queryOperations,
  ...scheduleOperations,
  ...studyOperations,
  ...evidenceOperations,
  ...lawOperations,
  ...policyOperations,
  ...uploadOperations,
  ...retentionOperations,
  ...accessOperations,
  getInfo: {
    method: "GET",
    path: "/v1/info",
    tag: "Server",
    scope: "read",
    summary: "Version, services and workers",
    ok: { status: 200, body: ServerInfo },
    problems: [],
  },
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
