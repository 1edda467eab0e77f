import { previewSchedule } from "@etude/catalog";
import { Problem, type RunId, type SimilarAnswer, type SimilarQuery, shapePlaces } from "@etude/contracts";
import { rateShape, shapeDistance } from "@etude/curves";
import type { Database } from "@etude/db";
import { onArguments, recordedCurves } from "../routes/schedules.ts";

/** Ended runs that a search looks at first when their rates have not been; the rest is for the next one. */
const shapesAtOnce = 256;

const invalid = (path: string, message: string): Problem =>
  new Problem("validation_failed", `${path}: ${message}`, [{ path, message }]);

async function ratesOf(
  db: Database,
  like: Exclude<SimilarQuery["like"], { runId: RunId }>,
): Promise<ArrayLike<number>> {
  if ("rates" in like) return like.rates;
  const { schedule, steps } = like;
  const context = { horizon: steps, groups: ["all"], stepsPerEpoch: 1, curves: await recordedCurves(db, schedule) };
  const { rates } = onArguments("like.schedule", () => previewSchedule(schedule, context, { steps }));
  if (rates) return rates;
  throw invalid("like.schedule", `${schedule.kind} reacts to the training: name a run of it, or give its rates`);
}

async function shapeOf(db: Database, like: SimilarQuery["like"]): Promise<Float32Array> {
  if ("runId" in like) return db.queries.shapeOf(like.runId);
  const rates = await ratesOf(db, like);
  const shape = rateShape(
    Float64Array.from(rates, (_, step) => step),
    rates,
    shapePlaces,
  );
  if (shape) return shape;
  throw invalid("like", "a rate above 0 is needed");
}

/** The shapes of the runs that match, once some of those that are missing have been taken. */
async function shapesOf(db: Database, query: string): ReturnType<Database["queries"]["shapes"]> {
  const known = await db.queries.shapes(query);
  if (known.pending === 0) return known;
  await db.queries.takeShapes(shapesAtOnce);
  return db.queries.shapes(query);
}

/** Searches every ended run: a pass over 32 numbers each. Throws Problem run_not_found, series_not_found, validation_failed. */
export async function findSimilar(
  db: Database,
  { like, scaleFree, query, limit }: SimilarQuery,
): Promise<SimilarAnswer> {
  const wanted = await shapeOf(db, like);
  const { shaped, pending } = await shapesOf(db, query);
  const itself = "runId" in like ? like.runId : undefined;
  const near = shaped
    .filter(({ id }) => id !== itself)
    .map(({ id, shape }) => ({ id, shape, ...shapeDistance(shape, wanted, scaleFree) }))
    .map((one) => ({ ...one, distance: scaleFree ? one.shapeDistance : one.distance }))
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? 1 : -1))
    .slice(0, limit);
  const runs = new Map((await db.runs.getMany(near.map(({ id }) => id))).map((run) => [run.id, run]));
  return {
    shape: Array.from(wanted),
    searched: shaped.length,
    pending,
    found: near.flatMap(({ id, shape, distance, offset, shapeDistance, farthest }) => {
      const run = runs.get(id);
      if (!run) return [];
      return {
        run,
        distance,
        scale: 10 ** offset,
        shapeDistance,
        farthest: { progress: farthest.place / (shapePlaces - 1), ratio: 10 ** farthest.difference },
        shape: Array.from(shape),
      };
    }),
  };
}
