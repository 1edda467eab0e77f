import { type Axis, Problem, queryLimits, type RunId, type SeriesQuery } from "@etude/contracts";
import type { Queries, QueriedColumns, WantedSeries } from "@etude/db";
import { axesOf, type RunAxis, type RunAxisOrWhy } from "./axes.ts";
import { type Group, groupCurves } from "./groups.ts";
import { type Selected, selectRuns } from "./select-runs.ts";

/** A series as it was read, and where its rows lie on the axis; null on the axis step. */
export interface QueriedCurve {
  readonly columns: QueriedColumns;
  readonly x: Float64Array | null;
}

export interface Missing {
  readonly runId: RunId;
  readonly key: string;
  readonly why: string;
}

export interface QueryResult {
  readonly axis: Axis;
  readonly more: boolean;
  readonly curves: readonly QueriedCurve[];
  readonly groups: readonly Group[] | null;
  readonly missing: readonly Missing[];
}

/** What a query comes down to: series of runs, the steps wanted of each, and what cannot be had. */
export interface Demand extends Selected {
  readonly wanted: readonly WantedSeries[];
  readonly axisOf: (runId: string) => RunAxisOrWhy;
  readonly missing: readonly Missing[];
}

/** Throws Problem query_too_large, query_too_slow, and validation_failed at a column of a text. */
export async function demandOf(queries: Queries, query: SeriesQuery): Promise<Demand> {
  const { runs, more } = await selectRuns(queries, query.runs, query.group?.by ?? []);
  const keys = [...new Set(query.keys)];
  const series = runs.length * keys.length;
  if (series > queryLimits.series)
    throw new Problem(
      "query_too_large",
      `${runs.length} runs × ${keys.length} keys are ${series} series; at most ${queryLimits.series} fit into one answer.`,
    );
  const axisOf = await axesOf(
    queries,
    query.axis,
    runs.map(({ id }) => id),
  );
  const [wanted, missing]: [WantedSeries[], Missing[]] = [[], []];
  for (const { id } of runs) {
    const axis = axisOf(id);
    for (const key of keys) {
      if ("why" in axis) missing.push({ runId: id, key, why: axis.why });
      else wanted.push({ runId: id, key, ...stepsOf(axis, query) });
    }
  }
  return { runs, more, wanted, axisOf, missing };
}

const stepsOf = (axis: RunAxis, { from, to }: SeriesQuery): { from: number; to: number } => ({
  from: from === undefined ? -Infinity : axis.stepAt(from),
  to: to === undefined ? Infinity : axis.stepAt(to),
});

/** Series asked for that were not found, and why. */
async function notFound(queries: Queries, wanted: readonly WantedSeries[], found: readonly QueriedColumns[]) {
  const have = new Set(found.map(({ runId, key }) => `${runId} ${key}`));
  const absent = wanted.filter(({ runId, key }) => !have.has(`${runId} ${key}`));
  if (absent.length === 0) return [];
  const runs = new Set<string>((await queries.facts(absent.map(({ runId }) => runId))).map(({ id }) => id));
  return absent.map(({ runId, key }) => ({
    runId: runId as RunId,
    key,
    why: runs.has(runId) ? "the run has no such series" : "there is no such run",
  }));
}

/** Rows of a curve that is brought onto a grid, when no width was asked for: this many, or so many a place. */
const [groupedRows, rowsPerPlace] = [2000, 8];

/** Answers a query. Throws Problem query_too_large, query_too_slow, validation_failed. */
export async function answerQuery(queries: Queries, query: SeriesQuery): Promise<QueryResult> {
  const { group, axis } = query;
  const { runs, more, wanted, axisOf, missing } = await demandOf(queries, query);
  const width = query.width ?? (group && Math.max(groupedRows, group.places * rowsPerPlace));
  const found = await queries.series(wanted, width);
  const curves = found.map((columns): QueriedCurve => {
    const own = axisOf(columns.runId);
    const steps = columns.mode === "exact" ? columns.points.steps : columns.buckets.step;
    return { columns, x: "why" in own ? null : own.places(steps) };
  });
  return {
    axis,
    more,
    curves: group && !group.curves ? [] : curves,
    groups: group ? groupCurves(curves, runs, group) : null,
    missing: [...missing, ...(await notFound(queries, wanted, found))],
  };
}
