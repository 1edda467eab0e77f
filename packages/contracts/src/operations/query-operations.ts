/** Questions to many runs at once. Part of the table in ../operations.ts. */
import { RunQuery, RunQueryAnswer, SimilarAnswer, SimilarQuery } from "../query-runs.ts";
import { SeriesQuery, SeriesQueryAnswer } from "../query-series.ts";
import type { Operation } from "./operation.ts";

export const queryOperations = {
  queryRuns: {
    method: "POST",
    path: "/v1/runs/query",
    tag: "Queries",
    scope: "read",
    summary: "Find runs by their specs, summaries and curves",
    description:
      "An SQL-like filter over columns, any place of the spec, tags, summaries and facts of curves, with selected values and pages by cursor. A mistake is named with its column in the text and what may stand there.",
    body: RunQuery,
    ok: { status: 200, body: RunQueryAnswer },
    problems: ["invalid_cursor", "query_too_large", "query_too_slow"],
  },
  findSimilar: {
    method: "POST",
    path: "/v1/runs/similar",
    tag: "Queries",
    scope: "read",
    summary: "Find past runs whose learning rates resemble a run, a schedule or a curve",
    body: SimilarQuery,
    ok: { status: 200, body: SimilarAnswer },
    problems: ["run_not_found", "series_not_found", "query_too_large", "query_too_slow"],
  },
  querySeries: {
    method: "POST",
    path: "/v1/series/query",
    tag: "Queries",
    scope: "read",
    summary: "Read many series of many runs",
    description:
      "Exact or in buckets that keep min, max and last; by step, epoch, seconds or progress; aligned in groups with mean and band. The Accept header picks JSON, frames (application/vnd.etude.frames), Arrow (application/vnd.apache.arrow.stream), Parquet (application/vnd.apache.parquet), NDJSON (application/x-ndjson) or CSV (text/csv); the last two are streamed.",
    body: SeriesQuery,
    ok: { status: 200, body: SeriesQueryAnswer },
    problems: ["query_too_large", "query_too_slow", "not_acceptable"],
  },
} as const satisfies Record<string, Operation>;
