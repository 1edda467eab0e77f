/** The curves of matching runs on one grid, averaged shape by shape. */
import {
  type Evidence,
  type EvidenceBand,
  type EvidenceCurves,
  type EvidenceCurvesQuery,
  type RunId,
  toJsonNumbers,
} from "@etude/contracts";
import { bandOf, onGrid, smoothed } from "@etude/curves";
import type { Database, SeriesColumns } from "@etude/db";
import type { z } from "zod";
import type { Past } from "./past.ts";
import { conditionOf, refuseNothing } from "./condition.ts";

const mostRuns = 500;
/** Longer curves come in this many buckets. */
const width = 4000;

interface Curve {
  readonly row: Evidence;
  readonly runId: RunId;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

const pointsOf = (columns: SeriesColumns): Pick<Curve, "steps" | "values"> =>
  columns.mode === "exact"
    ? { steps: columns.points.steps, values: columns.points.values }
    : { steps: columns.buckets.step, values: columns.buckets.mean };

async function curvesOf(db: Database, rows: readonly Evidence[], query: EvidenceCurvesQuery): Promise<Curve[]> {
  const curves: Curve[] = [];
  for (const row of rows) {
    const runId = row.runId!;
    const summaries = await db.history.summaries(runId);
    if (!summaries.some(({ key, points }) => key === query.key && points > 0)) continue;
    const { series } = await db.history.readHistory(runId, { keys: [query.key], width });
    const { steps, values } = pointsOf(series[0]!);
    const along = query.axis === "step" ? steps : steps.map((step) => step / Math.max(1, row.task.steps - 1));
    const span = query.axis === "step" ? query.smooth : query.smooth / row.task.steps;
    curves.push({ row, runId, steps: along, values: span > 0 ? smoothed(along, values, span) : values });
  }
  return curves;
}

function bandOfShape(curves: readonly Curve[], grid: readonly number[]): z.output<typeof EvidenceBand> {
  const { mean, deviation, min, max, count } = bandOf(curves.map(({ steps, values }) => onGrid(steps, values, grid)));
  const { scheduleKind, label, shape } = curves[0]!.row;
  return {
    scheduleKind,
    label: label ?? null,
    shape,
    runIds: curves.map(({ runId }) => runId),
    mean: toJsonNumbers(mean),
    deviation: toJsonNumbers(deviation),
    min: toJsonNumbers(min),
    max: toJsonNumbers(max),
    count: Array.from(count),
  };
}

/** Returns one band for each shape and base rate. Throws Problem no_evidence, unknown_task. */
export async function averageCurves(db: Database, past: Past, query: EvidenceCurvesQuery): Promise<EvidenceCurves> {
  const matching = await db.evidence.runs(await conditionOf(query.filter, past));
  const curves = await curvesOf(db, matching.slice(0, mostRuns), query);
  if (curves.length === 0) refuseNothing(query.filter, `runs with the series ${query.key}`);
  const from = Math.min(...curves.map(({ steps }) => steps[0]!));
  const to = Math.max(...curves.map(({ steps }) => steps.at(-1)!));
  const grid = Array.from({ length: query.places }, (_, i) => from + ((to - from) * i) / (query.places - 1));
  const bySchedule = new Map<string, Curve[]>();
  for (const curve of curves) {
    const { scheduleHash } = curve.row;
    bySchedule.set(scheduleHash, [...(bySchedule.get(scheduleHash) ?? []), curve]);
  }
  return {
    key: query.key,
    grid,
    bands: [...bySchedule.values()].map((own) => bandOfShape(own, grid)),
    leftOut: Math.max(0, matching.length - mostRuns),
  };
}
