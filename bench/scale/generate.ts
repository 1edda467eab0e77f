/**
 * Fills a data folder with a large database, by the code that records runs: 10 000 runs, 40 000 series and 100 M points
 * unless asked otherwise. `ETUDE_DATA_DIR=<folder> npm start` serves it, bench/reads.ts measures it.
 *
 *   node --conditions=source --import tsx bench/scale/generate.ts <folder> [points in millions] [runs]
 */
import { previewSchedule } from "@etude/catalog";
import { type Run, RunSpec } from "@etude/contracts";
import { createDatabase, type Database, migrate } from "@etude/db";
import { startPostgres } from "@etude/embedded";
import { Client } from "pg";
import { machine } from "../processes.ts";
import { classesOf, columnsOf, keys, specOf } from "./shapes.ts";

const [dir, millions = "100", wantedRuns = "10000"] = process.argv.slice(2);
if (!dir) throw new Error("name the folder: bench/scale/generate.ts <folder> [points in millions] [runs]");

/** Points a series in one append. */
const atOnce = 65_536;
/** Runs created in one request, and recorded side by side. */
const [createdAtOnce, sideBySide] = [250, 4];

async function record(db: Database, run: Run, number: number, steps: number): Promise<void> {
  const schedule = run.spec.kind === "external" ? run.spec.schedule : undefined;
  if (!schedule) throw new Error("a run of this benchmark has a schedule");
  const context = { horizon: steps, groups: ["all"], stepsPerEpoch: 1 };
  const { rates } = previewSchedule(schedule, context, { steps });
  if (!rates) throw new Error(`${schedule.kind} has no rates of its own`);
  for (let from = 0; from < steps; from += atOnce) {
    const series = columnsOf(number, steps, from, Math.min(steps, from + atOnce), rates);
    await db.appendPoints(run.id, { series });
  }
  const summaries = await db.history.summaries(run.id);
  const last = (key: string) => summaries.find((one) => one.key === key)?.last ?? undefined;
  const summary = { steps, seconds: steps * 0.004, stepsPerSecond: 250 };
  const losses = { finalTrainLoss: last("train/loss"), finalValidationLoss: last("validation/loss") };
  await db.runs.finish(run.id, 1, { outcome: "completed", summary: { ...summary, ...losses } });
}

const server = await startPostgres({ dir, database: "etude" });
try {
  await migrate(server.url);
  const db = createDatabase({ url: server.url, poolSize: sideBySide });
  const began = performance.now();
  let [number, points] = [0, 0];
  for (const { name, runs, steps } of classesOf(Number(wantedRuns), Number(millions) * 1e6)) {
    for (let made = 0; made < runs; made += createdAtOnce) {
      const specs = Array.from({ length: Math.min(createdAtOnce, runs - made) }, (_, i) =>
        RunSpec.parse(specOf(number + i, steps, name)),
      );
      const { runs: created } = await db.runs.create(specs.map((spec) => ({ spec })));
      const waiting = created.map((run, i) => ({ run, number: number + i }));
      await Promise.all(
        Array.from({ length: sideBySide }, async () => {
          for (let next = waiting.shift(); next; next = waiting.shift()) await record(db, next.run, next.number, steps);
        }),
      );
      number += created.length;
      points += created.length * steps * keys.length;
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`${runs} runs of ${steps} steps: ${number} runs, ${points} points after ${seconds} s`);
  }
  while ((await db.queries.takeShapes(1000)) > 0);
  await db.close();
  // What autovacuum does to a database that has settled.
  const client = new Client(server.url);
  await client.connect();
  await client.query("vacuum analyze");
  const { rows } = await client.query("select pg_database_size(current_database())::float8 as bytes");
  await client.end();
  const seconds = (performance.now() - began) / 1000;
  console.log(
    JSON.stringify({
      bench: "scale",
      runs: number,
      series: number * keys.length,
      points,
      seconds: Math.round(seconds),
      pointsPerSecond: Math.round(points / seconds),
      bytesPerPoint: +(rows[0].bytes / points).toFixed(2),
      machine: machine(),
    }),
  );
} finally {
  await server.stop();
}
