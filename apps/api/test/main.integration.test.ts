import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { prepareQueue } from "@etude/service";
import { expect, test } from "vitest";
import { temporaryFolder, withDatabase } from "../../../test/kit/index.ts";
import { smallRun } from "./harness.ts";
import { LiveClient } from "./live-client.ts";

const { url } = await withDatabase();
await prepareQueue({ pgUrl: url });
const dataDir = temporaryFolder();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
  /** What the process ended with: its exit code, or the signal. */
  readonly ended: Promise<unknown>;
  output(): string;
}

/** Starts the API as the stack does; resolves when it listens or has ended. */
async function start(env: Record<string, string>): Promise<Started> {
  const port = await freePort();
  const file = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const child = fork(file, {
    env: { ...process.env, DATABASE_URL: url, ETUDE_DATA_DIR: dataDir, ETUDE_PORT: String(port), ...env },
    execArgv: ["--conditions=source", "--import", "tsx"],
    silent: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as unknown);
  await Promise.race([once(child, "message"), ended]);
  return { child, address: `http://127.0.0.1:${port}`, ended, output: () => text };
}

test("without a key it refuses to listen beyond this machine and says what to do", async () => {
  const { ended, output } = await start({ ETUDE_HOST: "0.0.0.0" });
  expect(await ended).toBe(1);
  expect(output()).toContain("ETUDE_ADMIN_KEY");
});

test("a database that is away is named, and the process ends", async () => {
  const { ended, output } = await start({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" });
  expect(await ended).toBe(1);
  expect(output()).toMatch(/ECONNREFUSED|connect/i);
});

test("with ETUDE_ADMIN_KEY it listens anywhere, answers, tells viewers when it stops, and ends with 0", async () => {
  const key = "chosen-by-the-operator";
  const { child, address, ended } = await start({ ETUDE_HOST: "0.0.0.0", ETUDE_ADMIN_KEY: key });
  const authorization = `Bearer ${key}`;
  expect((await fetch(`${address}/v1/runs`)).status).toBe(401);
  const keys = await fetch(`${address}/v1/keys`, { headers: { authorization } });
  expect(await keys.json()).toMatchObject({ keys: [{ name: "ETUDE_ADMIN_KEY", scope: "admin" }] });
  const created = await fetch(`${address}/v1/runs`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization },
    body: JSON.stringify(smallRun),
  });
  expect(created.status).toBe(202);
  const viewer = await LiveClient.open(address, { authorization });
  const closed = once(viewer.socket, "close").then(([code]) => code as unknown);
  child.kill("SIGTERM");
  expect(await closed).toBe(1001);
  expect(await ended).toBe(0);
});

test("when whoever started it is gone, it ends too", async () => {
  const { child, ended, address } = await start({});
  expect((await fetch(`${address}/health/live`)).status).toBe(200);
  child.disconnect();
  expect(await ended).toBe(0);
});
