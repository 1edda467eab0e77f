import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, migrate } from "@etude/db";
import { startPostgres } from "@etude/embedded";
import { expect, onTestFinished, test } from "vitest";
import { points, range, recording } from "./support.ts";

test("the server is killed mid-flush and comes back: the process lives, the log is whole, nothing is doubled", async () => {
  const dir = mkdtempSync(join(tmpdir(), "etude-restart-"));
  let server = await startPostgres({ dir, database: "etude" });
  const warnings: string[] = [];
  const db = createDatabase({ url: server.url, logger: { warn: (_, message) => warnings.push(message) } });
  onTestFinished(async () => {
    await db.close();
    await server.stop();
    rmSync(dir, { recursive: true });
  });
  await migrate(server.url);
  const { runId, recorder } = await recording(db);

  const flushed = async (): Promise<number> => {
    for (;;) {
      try {
        const result = await recorder.flush();
        if (result === "lost") throw new Error("lost");
        return result.to;
      } catch (error) {
        if (error instanceof Error && error.message === "lost") throw error;
        await sleep(50);
      }
    }
  };
  let step = 0;
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < 20; i += 1)
      recorder.push([points("train/loss", range(100, (step += 100) - 100), (at) => at / 3)]);
    // Some connections idle while one is busy.
    await Promise.all([db.ping(), db.ping(), db.ping()]);
    const flushing = flushed();
    process.kill(server.pid, "SIGKILL");
    while (server.isRunning()) await sleep(10);
    const port = Number(new URL(server.url).port);
    server = await startPostgres({ dir, database: "etude", port });
    expect(await flushing).toBe(step);
  }
  expect(await db.runs.get(runId)).toMatchObject({ status: "running", points: 4000 });
  const { series } = await db.history.readHistory(runId);
  expect(series[0]).toMatchObject({ mode: "exact", total: 4000 });
  if (series[0]!.mode === "exact") expect([...series[0]!.points.values]).toEqual(range(4000).map((at) => at / 3));
  expect(warnings.length).toBeGreaterThan(0);
});
