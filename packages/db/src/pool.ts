import { Pool, type PoolClient, type QueryResultRow } from "pg";

/** A statement that Postgres parses once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** What a statement can run on: the pool, or a connection with a transaction. */
export type Queryable = Pick<Pool | PoolClient, "query">;

/**
 * Summaries of many runs are picked by index, from memory. One query takes one core, and compiling it would take longer
 * than running it.
 */
const queryOptions = "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c jit=off";

/**
 * A pool that survives its server: a dying connection is logged, not thrown, and the next query opens a new one.
 */
export function createPool(
  url: string,
  size: number,
  logger?: { warn(details: object, message: string): void },
  forQueries?: { readonly timeoutMs: number },
): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...(forQueries && { statement_timeout: forQueries.timeoutMs, options: queryOptions }),
  });
  const lost = (error: Error): void => logger?.warn({ error: error.message }, "lost a database connection");
  pool.on("error", lost);
  // While a connection is lent out, the pool does not listen; its query rejects as well.
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return pool;
}

/** Rows of a prepared statement. */
export async function rowsOf<Row extends QueryResultRow>(
  on: Queryable,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  const { rows } = await on.query<Row>({ name, text, values });
  return rows;
}

/** Runs `work` in one transaction: all of it, or nothing when it throws. */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  mode: "read committed" | "repeatable read read only" = "read committed",
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`begin isolation level ${mode}`);
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
