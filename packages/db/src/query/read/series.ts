import type { Pool } from "pg";
import { addBlocks, type BlockRow, type Blocks, noBlocks } from "../../history/blocks.ts";
import type { StoredColumns } from "../../history/columns.ts";
import { inTransaction, type Queryable, rowsOf } from "../../pool.ts";
import { selectQueriedSeries, selectSpanBlocks, selectSpanBuckets, selectSpanPoints } from "../../sql/query-series.ts";
import type { Queries, WantedSeries } from "../types.ts";
import { assemble, chunkStretch, gridOf, type Stretch, tailStretch, within } from "./assemble.ts";
import { assertAffordable, type FoundRow, type Plan, planSeries, type Span } from "./plan.ts";

/** The rows of the series that exist. */
export function findSeries(on: Queryable, wanted: readonly WantedSeries[]): Promise<FoundRow[]> {
  const column = <Key extends keyof WantedSeries>(key: Key) => wanted.map((one) => one[key]);
  return rowsOf<FoundRow>(on, selectQueriedSeries, [column("runId"), column("key"), column("from"), column("to")]);
}

interface Piece {
  readonly plan: Plan;
  readonly span: Span;
}

const spanParameters = (pieces: readonly Piece[]): unknown[][] => [
  pieces.map(({ plan }) => plan.wanted.runId),
  pieces.map(({ plan }) => plan.row.index),
  pieces.map(({ span }) => span.lo),
  pieces.map(({ span }) => span.hi),
];

/** All chunks that are wanted point by point, in one statement. */
async function readPoints(on: Queryable, plans: readonly Plan[]): Promise<Map<Plan, Stretch[]>> {
  const found = new Map<Plan, Stretch[]>(plans.map((plan) => [plan, []]));
  const pieces = plans.flatMap((plan) => plan.points.filter(({ lo, hi }) => lo <= hi).map((span) => ({ plan, span })));
  if (pieces.length > 0) {
    type Row = StoredColumns & { readonly at: number; readonly chunk: number };
    for (const row of await rowsOf<Row>(on, selectSpanPoints, spanParameters(pieces))) {
      const { plan } = pieces[row.at] as Piece;
      found.get(plan)?.push(within(chunkStretch(row), plan.wanted));
    }
  }
  for (const plan of plans) found.get(plan)?.push(within(tailStretch(plan), plan.wanted));
  return found;
}

type Coarse = Plan & { readonly coarse: Span };
const coarsely = (plans: readonly Plan[], level: Plan["level"]): Coarse[] =>
  plans.filter((plan): plan is Coarse => plan.coarse !== null && plan.level === level);

async function readBlocks(on: Queryable, plans: readonly Coarse[], found: Map<Plan, Blocks>): Promise<void> {
  if (plans.length === 0) return;
  const pieces = plans.map((plan) => ({ plan, span: plan.coarse }));
  for (const plan of plans) found.set(plan, noBlocks());
  for (const row of await rowsOf<BlockRow & { at: number }>(on, selectSpanBlocks, spanParameters(pieces)))
    addBlocks(found.get(plans[row.at] as Plan) as Blocks, row);
}

async function readBuckets(
  on: Queryable,
  plans: readonly Coarse[],
  stretches: ReadonlyMap<Plan, readonly Stretch[]>,
  width: number,
  found: Map<Plan, Blocks>,
): Promise<void> {
  if (plans.length === 0) return;
  const grids = plans.map((plan) => {
    const loose = (stretches.get(plan) ?? []).filter(({ steps }) => steps.length > 0);
    const ends = plan.row.bounded ? loose : [];
    const first = ends[0]?.steps[0] ?? plan.row.firstStep ?? 0;
    const last = ends.at(-1)?.steps.at(-1) ?? plan.row.lastStep ?? 0;
    return gridOf(first, last, width);
  });
  const pieces = plans.map((plan) => ({ plan, span: plan.coarse }));
  type Row = { [Name in keyof Blocks]: number | null } & { readonly at: number };
  const parameters = [...spanParameters(pieces), grids.map(({ first }) => first), grids.map(({ perStep }) => perStep)];
  for (const plan of plans) found.set(plan, noBlocks());
  for (const row of await rowsOf<Row>(on, selectSpanBuckets, parameters)) {
    const blocks = found.get(plans[row.at] as Plan) as Blocks;
    for (const name of Object.keys(blocks) as (keyof Blocks)[]) blocks[name].push(row[name] ?? Number.NaN);
  }
}

/** See Queries.series. */
export const readSeries =
  (pool: Pool): Queries["series"] =>
  (wanted, width) =>
    inTransaction(
      pool,
      async (client) => {
        const rows = await findSeries(client, wanted);
        const plans = rows.map((row) => planSeries(row, wanted[row.at] as WantedSeries, width));
        assertAffordable(plans, width);
        const stretches = await readPoints(client, plans);
        const blocks = new Map<Plan, Blocks>();
        await readBlocks(client, coarsely(plans, "blocks"), blocks);
        await readBuckets(client, coarsely(plans, "chunks"), stretches, width ?? 1, blocks);
        return plans.map((plan) =>
          assemble(plan, { stretches: stretches.get(plan) ?? [], blocks: blocks.get(plan) ?? null }, width),
        );
      },
      "repeatable read read only",
    );
