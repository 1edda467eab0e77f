import { Problem, type RunId, shapePlaces } from "@etude/contracts";
import { rateShape } from "@etude/curves";
import type { Pool } from "pg";
import { bytesFor, numbersOf } from "../history/columns.ts";
import { rowsOf } from "../pool.ts";
import { selectShapeless, updateShapes } from "../sql/query-shapes.ts";
import { prepareShapes } from "./language/statement.ts";
import type { Queries, QueriedColumns } from "./types.ts";

const rateKey = "learning-rate";
/** Longer series are looked at through this many buckets: the last rate of each is as good as the rate itself. */
const width = 4096;
/** Runs in one read. */
const atOnce = 128;

function shapeOfColumns(columns: QueriedColumns): Float32Array | undefined {
  const { steps, values } =
    columns.mode === "exact" ? columns.points : { steps: columns.buckets.step, values: columns.buckets.last };
  return rateShape(steps, values, shapePlaces);
}

const wanted = (runId: string) => ({ runId, key: rateKey, from: -Infinity, to: Infinity });

/** The part of Queries about the shapes of rates. They are taken when a run has ended, and again after a retry. */
export function shapeQueries(
  pool: Pool,
  series: Queries["series"],
): Pick<Queries, "shapes" | "takeShapes" | "shapeOf"> {
  async function takeSome(limit: number): Promise<number> {
    const runs = await rowsOf<{ id: string; attempt: number }>(pool, selectShapeless, [limit]);
    if (runs.length === 0) return 0;
    const found = await series(
      runs.map(({ id }) => wanted(id)),
      width,
    );
    const shapes = new Map(found.map((columns) => [columns.runId, shapeOfColumns(columns)]));
    // A run without a rate has a shape of no places, so that it is not looked at again.
    const bytes = runs.map(({ id }) => bytesFor(shapes.get(id) ?? [], 4));
    await rowsOf(pool, updateShapes, [runs.map(({ id }) => id), bytes, runs.map(({ attempt }) => attempt)]);
    return runs.length;
  }
  return {
    async takeShapes(limit) {
      let taken = 0;
      while (taken < limit) {
        const now = await takeSome(Math.min(atOnce, limit - taken));
        taken += now;
        if (now === 0) break;
      }
      return taken;
    },

    async shapes(query) {
      const { text, values } = prepareShapes(query);
      const { rows } = await pool.query<{ id: RunId; shape: Buffer | null }>({ text, values });
      return {
        pending: rows.filter(({ shape }) => shape === null).length,
        shaped: rows.flatMap(({ id, shape }) =>
          shape && shape.length > 0 ? [{ id, shape: Float32Array.from(numbersOf(shape, 4)) }] : [],
        ),
      };
    },

    async shapeOf(runId) {
      const [columns] = await series([wanted(runId)], width);
      const shape = columns && shapeOfColumns(columns);
      if (shape) return shape;
      const { rowCount } = await pool.query("select from run where id = $1 and deleted_at is null", [runId]);
      if (rowCount === 0) throw new Problem("run_not_found", `No run ${runId}.`);
      throw new Problem("series_not_found", `Run ${runId} has recorded no learning rate above 0.`);
    },
  };
}
