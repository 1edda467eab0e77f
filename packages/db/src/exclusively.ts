import type { Pool } from "pg";
import type { Database } from "./types.ts";

/** See Database.exclusively: a session lock of Postgres, which a dying process gives back with its connection. */
export const exclusively =
  (pool: Pool): Database["exclusively"] =>
  async (name, work) => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock(hashtext($1)) as held", [
        name,
      ]);
      if (rows[0]?.held !== true) return undefined;
      try {
        return await work();
      } finally {
        await client.query("select pg_advisory_unlock(hashtext($1))", [name]).catch((error: Error) => (broken = error));
      }
    } finally {
      client.release(broken);
    }
  };
