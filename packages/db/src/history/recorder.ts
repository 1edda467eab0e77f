import { type CheckpointFile, encodeCursor, type LogPiece, type PointColumns } from "@etude/contracts";
import type { Pool } from "pg";
import { inTransaction, type Queryable, rowsOf } from "../pool.ts";
import { flush as flushStatement } from "../sql/flush.ts";
import { chunkParameters, seriesParameters } from "../sql/write-columns.ts";
import { defaultLeaseMs } from "../runs/transitions.ts";
import type { Flushed, Recorder } from "../types.ts";
import { loadSeries } from "./load-series.ts";
import { OpenSeries } from "./open-series.ts";
import { seriesState } from "./series-state.ts";

type Checkpoint = CheckpointFile & { readonly backend?: string | null };
interface FlushRow {
  readonly status: Flushed["status"];
  readonly appends: number;
  readonly dropped: CheckpointFile[];
}
type Committed = Flushed & { readonly obsolete: CheckpointFile[] };

/** These series have a point for every update; their last step tells how many updates are recorded. */
const everyUpdate = new Set(["learning-rate", "train/loss"]);
/** Of the column. */
const maxInteger = 2_147_483_647;

/** Updates recorded so far; of a run that logs neither of those series, whatever it logs tells. */
function updatesIn(all: readonly OpenSeries[]): number {
  const filled = all.filter(({ n }) => n > 0);
  const telling = filled.filter(({ key }) => everyUpdate.has(key));
  const last = (telling.length > 0 ? telling : filled).reduce((most, { lastStep }) => Math.max(most, lastStep), -1);
  return Math.floor(Math.min(1 + last, maxInteger));
}

interface Opened {
  readonly on: Queryable;
  readonly runId: string;
  readonly attempt: number;
  /** Null: a run that nobody else may take. */
  readonly leaseMs: number | null;
  /** Appends behind the given series: a flush is "lost" when somebody else has appended since. Null: there is no other writer. */
  readonly appends: number | null;
}

export class RunRecorder implements Recorder {
  readonly #on: Queryable;
  readonly #runId: string;
  readonly #attempt: number;
  readonly #leaseMs: number | null;
  readonly #series = new Map<string, OpenSeries>();
  #appends: number | null;
  #total = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ on, runId, attempt, leaseMs, appends }: Opened, series: readonly OpenSeries[]) {
    this.#on = on;
    this.#runId = runId;
    this.#attempt = attempt;
    this.#leaseMs = leaseMs;
    this.#appends = appends;
    for (const one of series) this.#series.set(one.key, one);
    this.#total = this.#count();
  }

  get total(): number {
    return this.#total;
  }

  get attempt(): number {
    return this.#attempt;
  }

  /** Appends to the run as far as this recorder knows; null when it is the only writer. */
  get appends(): number | null {
    return this.#appends;
  }

  #count(): number {
    return [...this.#series.values()].reduce((sum, { n }) => sum + n, 0);
  }

  /** Points of a series, those not yet committed too. */
  pointsOf(key: string): number {
    return this.#series.get(key)?.n ?? 0;
  }

  get seriesCount(): number {
    return this.#series.size;
  }

  push(series: readonly PointColumns[]): void {
    for (const points of series) {
      let open = this.#series.get(points.key);
      if (!open) this.#series.set(points.key, (open = OpenSeries.create(points.key, this.#series.size)));
      open.push(points);
    }
  }

  /** `on`: a connection whose transaction this flush is part of. */
  flush(on: Queryable = this.#on): Promise<Flushed | "lost"> {
    return this.#inOrder(null, on);
  }

  registerCheckpoint(checkpoint: Checkpoint): Promise<Committed | "lost"> {
    return this.#inOrder(checkpoint, this.#on);
  }

  #inOrder(checkpoint: Checkpoint | null, on: Queryable): Promise<Committed | "lost"> {
    const commit = this.#queue.then(() => this.#commit(checkpoint, on));
    this.#queue = commit.catch(() => undefined);
    return commit;
  }

  async #commit(checkpoint: Checkpoint | null, on: Queryable): Promise<Committed | "lost"> {
    const all = [...this.#series.values()];
    const changed = all.filter((one) => one.changed).map((one) => one.snapshot());
    const counts = all.map(({ n }) => n);
    const [from, to] = [this.#total, this.#count()];
    const step = updatesIn(all);
    const file = checkpoint
      ? [checkpoint.step, checkpoint.file, checkpoint.sha256, checkpoint.bytes, checkpoint.backend ?? null]
      : [null, null, null, null, null];
    const [row] = await rowsOf<FlushRow>(on, flushStatement, [
      this.#runId,
      this.#attempt,
      to,
      step,
      this.#leaseMs,
      ...file,
      this.#appends,
      ...seriesParameters(changed.map(({ series }) => series)),
      ...chunkParameters(changed.flatMap(({ chunks }) => chunks)),
    ]);
    if (!row) return "lost";
    for (const { acknowledge } of changed) acknowledge();
    this.#total = to;
    if (this.#appends !== null) this.#appends = row.appends;
    const log = { runId: this.#runId, attempt: this.#attempt, from, to };
    const cursor = encodeCursor({ attempt: this.#attempt, counts });
    return {
      status: row.status,
      from,
      to,
      get piece(): LogPiece {
        return { ...log, cursor, series: changed.map((one) => one.points()).filter(({ steps }) => steps.length > 0) };
      },
      obsolete: row.dropped,
    };
  }
}

/** Continues the log of a run whose claim holds; "lost" when it does not. */
export function openRecorder(
  pool: Pool,
  runId: string,
  attempt: number,
  leaseMs: number = defaultLeaseMs,
): Promise<Recorder | "lost"> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `select from run where id = $1 and attempt = $2 and status in ('running', 'cancelling') for update`,
      [runId, attempt],
    );
    if (rowCount === 0) return "lost";
    const series = (await loadSeries(client, runId)).map(({ row, chunks }) => new OpenSeries(seriesState(row, chunks)));
    return new RunRecorder({ on: pool, runId, attempt, leaseMs, appends: null }, series);
  });
}
