/**
 * Bytes that a stored point costs on disk, indexes and dead rows included: runs of 4 series × 50 000 steps, flushed as a
 * watched (50 ms) and as an unwatched (1 s) run at 600 steps/s would be, on the embedded Postgres with its defaults.
 * Hours of training are squeezed into seconds here, so the vacuum that the server would do every 10 s is done at every
 * 6000 steps.
 *
 *   node --conditions=source --import tsx bench/bytes-per-point.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunSpec } from "@etude/contracts";
import { createDatabase, migrate } from "@etude/db";
import { startPostgres } from "@etude/embedded";
import { Client } from "pg";

const steps = 50_000;
const runs = 5;
const dir = mkdtempSync(join(tmpdir(), "etude-bench-"));
const server = await startPostgres({ dir, database: "etude" });
try {
  await migrate(server.url);
  const db = createDatabase({ url: server.url, poolSize: 4 });
  const client = new Client(server.url);
  await client.connect();
  const size = async (): Promise<number> =>
    Number(
      (
        await client.query(
          "select sum(pg_total_relation_size(name::regclass))::float8 as bytes from unnest(array['series', 'series_chunk']) name",
        )
      ).rows[0].bytes,
    );
  const spec = RunSpec.parse({
    kind: "training",
    dataset: { kind: "digits" },
    model: { kind: "mlp" },
    optimizer: { kind: "sgd" },
    schedule: { kind: "constant", rate: 0.1 },
    budget: { steps },
  });
  for (const [name, perFlush] of [
    ["unwatched, 600 steps a flush", 600],
    ["watched, 30 steps a flush", 30],
  ] as const) {
    const before = await size();
    let flushes = 0;
    const begin = performance.now();
    for (let r = 0; r < runs; r += 1) {
      const { runs: made } = await db.runs.create([{ spec }]);
      const run = made[0]!;
      await db.runs.claim({ runId: run.id, attempt: 1 }, { worker: "bench" });
      const recorder = await db.openRecorder(run.id, 1);
      if (recorder === "lost") throw new Error("lost");
      for (let from = 0; from < steps; from += perFlush) {
        const n = Math.min(perFlush, steps - from);
        const at = Float64Array.from({ length: n }, (_, i) => from + i);
        const noisy = (scale: number) =>
          at.map((step) => Math.fround(scale / Math.sqrt(1 + step / 100) + 0.1 * Math.random()));
        recorder.push([
          { key: "train/loss", steps: at, values: noisy(2) },
          { key: "gradient-norm", steps: at, values: noisy(1) },
          { key: "train/accuracy", steps: at, values: noisy(0.5) },
          {
            key: "learning-rate",
            steps: at,
            values: at.map((step) => 0.05 * (1 + Math.cos((Math.PI * step) / steps))),
          },
        ]);
        await recorder.flush();
        flushes += 1;
        if (Math.floor((from + n) / 6000) > Math.floor(from / 6000)) await client.query("vacuum series");
      }
      await db.runs.finish(run.id, 1, { outcome: "completed" });
    }
    const seconds = (performance.now() - begin) / 1000;
    const points = runs * steps * 4;
    console.log(
      JSON.stringify({
        bench: "bytes-per-point",
        name,
        points,
        bytesPerPoint: +(((await size()) - before) / points).toFixed(2),
        goal: 12,
        pointsPerSecond: Math.round(points / seconds),
        msPerFlush: +((1000 * seconds) / flushes).toFixed(2),
      }),
    );
  }
  await client.end();
  await db.close();
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}
