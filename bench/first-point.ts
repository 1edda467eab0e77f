/**
 * Time from `npm start` (dependencies present, generated files present or not, empty data folder) to the first live
 * point at a WebSocket client.
 *
 *   node --conditions=source --import tsx bench/first-point.ts [rounds]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { live } from "@etude/sdk/node";
import type { Run } from "@etude/contracts";
import { freePort } from "../e2e/product.ts";

const rounds = Number(process.argv[2] ?? 3);

async function round(fresh: boolean): Promise<{ listening: number; firstPoint: number }> {
  if (fresh)
    for (const made of [".cache/stamps", "apps/web/dist", "packages/db/src/generated"])
      rmSync(made, { recursive: true, force: true });
  const dataDir = mkdtempSync(join(tmpdir(), "etude-bench-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begin = performance.now();
  const product = spawn("npm", ["start"], {
    env: { ...process.env, ETUDE_PORT: String(port), ETUDE_DATA_DIR: dataDir },
    stdio: "ignore",
    detached: true,
  });
  const gone = new Promise((resolve) => product.once("exit", resolve));
  const seconds = (): number => +((performance.now() - begin) / 1000).toFixed(2);
  let runs: Run[] = [];
  let listening = 0;
  while (runs.length === 0) {
    await sleep(50);
    try {
      ({ runs } = (await (await fetch(`${url}/v1/runs?order=oldest`)).json()) as { runs: Run[] });
      listening ||= seconds();
    } catch {}
  }
  let firstPoint = 0;
  for await (const event of live({ url, runId: runs[0]!.id })) {
    if (event.type !== "points-appended") continue;
    firstPoint = seconds();
    break;
  }
  process.kill(-product.pid!, "SIGINT");
  await gone;
  rmSync(dataDir, { recursive: true, force: true });
  return { listening, firstPoint };
}

for (let i = 0; i < rounds; i += 1) {
  const fresh = i === 0;
  console.log(
    JSON.stringify({ bench: "first-point", generatedFilesPresent: !fresh, ...(await round(fresh)), goal: 15 }),
  );
}
