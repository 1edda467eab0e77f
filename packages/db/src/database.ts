import { PrismaPg } from "@prisma/adapter-pg";
import { createArtifacts } from "./artifacts/artifacts.ts";
import { createKeys } from "./access/keys.ts";
import { createSessions } from "./access/sessions.ts";
import { createEvidence } from "./evidence/evidence.ts";
import { exclusively } from "./exclusively.ts";
import { PrismaClient } from "./generated/client.ts";
import { appendPoints } from "./history/append-points.ts";
import { createHistory } from "./history/index.ts";
import { openRecorder } from "./history/recorder.ts";
import { createPool } from "./pool.ts";
import { createQueries } from "./query/index.ts";
import { createRates } from "./rates.ts";
import { createRetention } from "./retention/index.ts";
import { createRuns } from "./runs/index.ts";
import { sweepHidden } from "./runs/remove.ts";
import { createStudies } from "./studies.ts";
import type { Database, DatabaseOptions } from "./types.ts";
import { createUploads } from "./uploads/uploads.ts";
import { createWorkers } from "./workers.ts";

/** Users' queries take turns on connections of their own, so that a heavy one never holds up an append. */
const queryConnections = 4;
const queryTimeoutMs = 20_000;
/** Ended runs whose rates are looked at in one tidying; a search looks at some more. */
const shapesAtOnce = 5000;

/** Opens the database: one pool for Prisma and for the statements in src/sql. Connects at the first use. */
export function createDatabase({ url, poolSize = 10, logger }: DatabaseOptions): Database {
  const pool = createPool(url, poolSize, logger);
  const queryPool = createPool(url, queryConnections, logger, { timeoutMs: queryTimeoutMs });
  const queries = createQueries(queryPool);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const runs = createRuns(pool, prisma);
  return {
    runs,
    history: createHistory(pool),
    queries,
    studies: createStudies(prisma),
    artifacts: createArtifacts(pool, prisma),
    uploads: createUploads(pool, prisma),
    evidence: createEvidence(pool),
    rates: createRates(pool),
    retention: createRetention(pool, prisma, runs),
    keys: createKeys(prisma),
    sessions: createSessions(prisma),
    workers: createWorkers(prisma),
    openRecorder: (runId, attempt, { leaseMs } = {}) => openRecorder(pool, runId, attempt, leaseMs),
    appendPoints: appendPoints(pool),

    exclusively: exclusively(pool),

    async ping() {
      await pool.query("select 1");
    },

    async counts() {
      const { rows } = await pool.query<{ waiting: number; running: number }>(
        `select count(*) filter (where status = 'queued')::int as waiting,
          count(*) filter (where status in ('running', 'cancelling'))::int as running
        from run where status in ('queued', 'running', 'cancelling') and deleted_at is null`,
      );
      return rows[0] ?? { waiting: 0, running: 0 };
    },

    async tidy() {
      await sweepHidden(pool);
      await queries.takeShapes(shapesAtOnce);
      // By the clock of the database: that of a process may jump.
      await pool.query("delete from idempotency_key where created_at < now() - interval '1 day'");
      await pool.query("delete from session where expires_at < now()");
      await pool.query("delete from worker where seen_at < now() - interval '1 day'");
    },

    async close() {
      await prisma.$disconnect();
      await Promise.all([pool.end(), queryPool.end()]);
    },
  };
}
