import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, migrate } from "@etude/db";
import { startPostgres } from "@etude/embedded";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../../test/kit/index.ts";
import { points, range, recording } from "./support.ts";

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("the server is killed mid-flush and comes back: the process lives, the log is whole, nothing is doubled", async () => {
  const dir = temporaryFolder();
  let server = await startPostgres({ dir, database: "etude" });
  const warnings: string[] = [];
  const db = createDatabase({ url: server.url, logger: { warn: (_, message) => warnings.push(message) } });
  onTestFinished(async () => {
    await db.close();
    await server.stop();
  });
  await migrate(server.url);
  const { runId, recorder } = await recording(db);

  let failures = 0;
  const flushed = async (): Promise<number> => {
    for (;;) {
      try {
        const result = await recorder.flush();
        if (result === "lost") throw new Error("lost");
        return result.to;
      } catch (error) {
        if (error instanceof Error && error.message === "lost") throw error;
        failures += 1;
        await sleep(50);
      }
    }
  };
  let step = 0;
  for (let round = 0; round < 2; round += 1) {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    for (let i = 0; i < 20; i += 1)
      recorder.push([points("train/loss", range(100, (step += 100) - 100), (at) => at / 3)]);
    // Some connections idle while one is busy.
    await Promise.all([db.ping(), db.ping(), db.ping()]);
    const backends = await client.query<{ pid: number }>(
      "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    await client.end();
    const flushing = flushed();
    await new Promise((resolve) => setImmediate(resolve));
    for (const { pid } of [...backends.rows, server]) if (exists(pid)) process.kill(pid, "SIGKILL");
    // Until its exit status is read, a new server takes the dead one for alive.
    while (exists(server.pid)) await sleep(10);
    const port = Number(new URL(server.url).port);
    server = await startPostgres({ dir, database: "etude", port });
    expect(await flushing).toBe(step);
  }
  expect(await db.runs.get(runId)).toMatchObject({ status: "running", points: 4000 });
  const { series } = await db.history.readHistory(runId);
  expect(series[0]).toMatchObject({ mode: "exact", total: 4000 });
  if (series[0]!.mode === "exact") expect([...series[0]!.points.values]).toEqual(range(4000).map((at) => at / 3));
  // Otherwise nothing was tried.
  expect(failures).toBeGreaterThanOrEqual(2);
  expect(warnings.length).toBeGreaterThan(0);
});
