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
const width = 1024;
/** Runs in one read: at most 66 000 points of each. */
const atOnce = 32;
const shapeBytes = 4 * shapePlaces;

function shapeOfColumns(columns: QueriedColumns): Float32Array | undefined {
  const { steps, values } =
    columns.mode === "exact" ? columns.points : { steps: columns.buckets.step, values: columns.buckets.last };
  return rateShape(steps, values, shapePlaces);
}

const wanted = (runId: string) => ({ runId, key: rateKey, from: -Infinity, to: Infinity });

/** The i-th of some ids that lie as 16 bytes each. */
const uuidOf = (bytes: Buffer, i: number): RunId =>
  bytes.toString("hex", 16 * i, 16 * (i + 1)).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-") as RunId;

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
      const { text, values } = prepareShapes(query, shapeBytes);
      type Row = { readonly ids: Buffer; readonly shapes: Buffer; readonly pending: number };
      const [row] = (await pool.query<Row>({ text, values })).rows;
      if (!row) throw new Error("an aggregate has a row");
      const all = Float32Array.from(numbersOf(row.shapes, 4));
      const shaped = Array.from({ length: row.ids.length / 16 }, (_, i) => ({
        id: uuidOf(row.ids, i),
        shape: all.subarray(i * shapePlaces, (i + 1) * shapePlaces),
      }));
      return { shaped, pending: row.pending };
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
