/** Operations on what runs have recorded. */
import { z } from "zod";
import { History, HistoryQuery, LogLine, SeriesSummary } from "../series.ts";
import { type Operation, runParams } from "./operation.ts";

export const historyOperations = {
  listSeries: {
    method: "GET",
    path: "/v1/runs/:runId/series",
    tag: "History",
    scope: "read",
    summary: "Summaries of a run's series",
    params: runParams,
    ok: { status: 200, body: z.object({ series: z.array(SeriesSummary) }) },
    problems: ["run_not_found"],
  },
  getHistory: {
    method: "GET",
    path: "/v1/runs/:runId/history",
    tag: "History",
    scope: "read",
    summary: "Points of a run",
    description: "Exact, or in buckets that keep min, max and last, so that a one-step spike is always visible.",
    params: runParams,
    query: HistoryQuery,
    ok: { status: 200, body: History },
    problems: ["run_not_found", "series_not_found"],
  },
  getLog: {
    method: "GET",
    path: "/v1/runs/:runId/log",
    tag: "History",
    scope: "read",
    summary: "Log lines of a run",
    params: runParams,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).describe("Id of the last line you have."),
      limit: z.coerce.number().int().min(1).max(5000).default(1000),
    }),
    ok: { status: 200, body: z.object({ lines: z.array(LogLine) }) },
    problems: ["run_not_found"],
  },
} as const satisfies Record<string, Operation>;
