/**
 * How long a recommendation takes over 100 000 rows of evidence: a real Postgres, seeded through the store, the whole
 * service in this process, requests one after the other; then the same while every request follows a new finished training.
 *
 *   node --conditions=source --import tsx bench/recommendation.ts [rows]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Evidence, NewEvidence } from "@etude/contracts";
import { createDatabase, migrate } from "@etude/db";
import { startPostgres } from "@etude/embedded";
import { completeEvidence } from "@etude/learning";
import {
  createBlobs,
  createBus,
  createLogger,
  createMetrics,
  createQueueing,
  placesOf,
  prepareQueue,
  readSettings,
} from "@etude/service";
import { buildApp } from "../apps/api/src/index.ts";

const total = Number(process.argv[2] ?? 100_000);
const [tasks, kinds, rates] = [
  100,
  ["constant", "linear", "cosine", "wsd", "one-cycle", "inverse-sqrt", "greedy", "plateau"],
  7,
];
const seeds = Math.ceil(total / (tasks * kinds.length * rates));

function row(task: number, kind: string, rate: number, seed: number): Evidence {
  const optimizer = task % 2 === 0 ? "sgd" : "adam";
  const loss = 0.1 + Math.abs(Math.sin(task * 7 + kind.length * 3)) + 0.2 * Math.abs(rate - 3) + 0.01 * seed;
  const base = 10 ** (rate / 2 - 3);
  return completeEvidence(
    NewEvidence.parse({
      source: "study",
      engine: "array",
      studyId: "bench",
      task: {
        id: `task-${task}`,
        family: `family-${task % 20}`,
        domain: "tabular",
        dataset: `data-${task % 20}`,
        model: "mlp",
        optimizer,
        batchSize: 32,
        steps: 400 + task,
      },
      features: { logN: task % 7, lossAtStart: 2 + (task % 5), logParameters: task % 11 },
      schedule: { kind, rate: base, ...(kind === "inverse-sqrt" && { timescale: 40 }) } as never,
      scheduleKind: kind,
      label: kind,
      baseRate: base,
      transferRate: base,
      seed,
      role: seed < 3 ? "tuning" : "evaluation",
      outcome: {
        finalTrainLoss: loss,
        bestTrainLoss: loss,
        tailTrainLoss: loss,
        diverged: false,
        gradientEvaluations: 400,
        seconds: 0.1,
      },
      at: "2026-11-24T12:00:00.000Z",
    }),
  );
}

function* rows(): Generator<Evidence, void> {
  for (let task = 0; task < tasks; task += 1)
    for (const kind of kinds)
      for (let rate = 0; rate < rates; rate += 1)
        for (let seed = 0; seed < seeds; seed += 1) yield row(task, kind, rate, seed);
}

const quantile = (values: readonly number[], p: number): string =>
  `${values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(p * values.length))]!.toFixed(1)} ms`;
const report = (what: string, values: readonly number[]): void =>
  console.log(
    `${what}: p50 ${quantile(values, 0.5)}, p95 ${quantile(values, 0.95)}, worst ${quantile(values, 1)} of ${values.length}`,
  );

const dir = mkdtempSync(join(tmpdir(), "etude-bench-"));
const server = await startPostgres({ dir, database: "etude" });
await migrate(server.url);
const settings = readSettings({ DATABASE_URL: server.url, ETUDE_DATA_DIR: dir });
const logger = createLogger({ logLevel: "silent" }, "bench");
const { place } = placesOf(settings);
await prepareQueue(place);
const db = createDatabase({ url: server.url, logger });
const [bus, queueing] = [createBus(place, logger), createQueueing(place, logger)];
const app = await buildApp({
  settings,
  db,
  bus,
  queueing,
  blobs: createBlobs(settings),
  logger,
  metrics: createMetrics(),
});
try {
  const all = [...rows()].slice(0, total);
  const begun = performance.now();
  await db.evidence.add(all);
  console.log(
    `${all.length} rows in ${new Set(all.map(({ cell }) => cell)).size} cells, written in ${((performance.now() - begun) / 1000).toFixed(1)} s`,
  );
  const payload = {
    task: {
      described: {
        optimizer: "adam",
        steps: 500,
        batchSize: 32,
        domain: "tabular",
        features: { logN: 3, lossAtStart: 2.3 },
      },
    },
    shipped: false,
  };
  const ask = async (): Promise<number> => {
    const before = performance.now();
    const answer = await app.inject({ method: "POST", url: "/v1/recommendations", payload });
    if (answer.statusCode !== 200) throw new Error(answer.body);
    return performance.now() - before;
  };
  report("the first one of a process", [await ask()]);
  const still: number[] = [];
  for (let i = 0; i < 100; i += 1) still.push(await ask());
  report("recommendation", still);
  const moving: number[] = [];
  for (let i = 0; i < 100; i += 1) {
    await db.evidence.add([row(i % tasks, kinds[i % kinds.length]!, i % rates, 1000 + i)]);
    moving.push(await ask());
  }
  report("recommendation after each new training", moving);
} finally {
  await app.close();
  await Promise.allSettled([queueing.close(), bus.close()]);
  await db.close();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}
