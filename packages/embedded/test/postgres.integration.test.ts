import { spawn } from "node:child_process";
import {
  mkdtempSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  chmodSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type RunningServer } from "../src/index.ts";
import { waitForExit } from "../src/processes.ts";
import { killHard, startInParent } from "./parent.ts";

let dir: string;
const running: RunningServer[] = [];
const start = async (folder = dir): Promise<RunningServer> => {
  const server = await startPostgres({ dir: folder, database: "app" });
  running.push(server);
  return server;
};

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "etude-pg-"));
  // The kind of folder a project lives in: others may pass.
  chmodSync(dir, 0o755);
});
afterAll(async () => {
  for (const server of running) if (server.isRunning()) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("two starts at once on an empty folder give one server", async () => {
  const [first, second] = await Promise.all([start(), start()]);
  expect(second.pid).toBe(first.pid);
  expect(first.adopted).not.toBe(second.adopted);
  expect(await query(first.url, "select current_database() as name")).toEqual([{ name: "app" }]);
  expect(statSync(join(dir, "postgres.json")).mode & 0o077).toBe(0);
  const [version] = (await query(first.url, "show server_version_num")) as { server_version_num: string }[];
  expect(version?.server_version_num).toMatch(/^17/);
});

test("the server asks for a password, on every account", async () => {
  const url = new URL((await start()).url);
  url.password = "guess";
  await expect(query(url.href, "select 1")).rejects.toThrow(/password authentication failed/);
});

test("stop ends it, and the next start finds the data", async () => {
  const server = await start();
  await query(server.url, "create table kept (n int); insert into kept values (7)");
  await server.stop();
  expect(server.isRunning()).toBe(false);
  const again = await start();
  expect(again.adopted).toBe(false);
  expect(await query(again.url, "select n from kept")).toEqual([{ n: 7 }]);
  expect(new URL(again.url).port).toBe(new URL(server.url).port);
  await again.stop();
});

test("a server left by a killed parent is adopted", async () => {
  const left = await startInParent(dir, "postgres");
  await killHard(left.parent);
  const server = await start();
  expect(server).toMatchObject({ pid: left.pid, adopted: true, url: left.url });
  await server.stop();
});

test("after kill -9 of the server the next start recovers every committed row", async () => {
  const server = await start();
  await query(server.url, "create table logged (n int); insert into logged select generate_series(1, 1000)");
  process.kill(server.pid, "SIGKILL");
  const again = await start();
  expect(await query(again.url, "select count(*)::int as n from logged")).toEqual([{ n: 1000 }]);
  await again.stop();
});

test("a stale postmaster.pid whose pid is another process by now does not block the start", async () => {
  const server = await start();
  const pidFile = join(dir, "pgdata/postmaster.pid");
  process.kill(server.pid, "SIGKILL");
  await waitForExit(server.pid, 10_000);
  const bystander = spawn("sleep", ["600"]);
  const [, ...rest] = readFileSync(pidFile, "utf8").split("\n");
  writeFileSync(pidFile, [String(bystander.pid), ...rest].join("\n"));
  const again = await start();
  expect(again.adopted).toBe(false);
  expect(bystander.exitCode).toBeNull();
  bystander.kill();
  await again.stop();
});

test("a lost state file costs the password, not the data", async () => {
  rmSync(join(dir, "postgres.json"));
  const server = await start();
  expect(await query(server.url, "select n from kept")).toEqual([{ n: 7 }]);
  await server.stop();
});

test("an interrupted first start leaves nothing that looks like a database", async () => {
  const fresh = mkdtempSync(join(tmpdir(), "etude-pg-"));
  chmodSync(fresh, 0o755);
  try {
    const parent = spawn(process.execPath, [
      "--conditions=source",
      "--import",
      "tsx",
      new URL("./start-and-stay.ts", import.meta.url).pathname,
      fresh,
      "postgres",
    ]);
    const begun = (): boolean =>
      readdirSync(fresh).some((name) => name.startsWith("pgdata.new-") && existsSync(join(fresh, name, "PG_VERSION")));
    while (!begun()) await new Promise((resolve) => setTimeout(resolve, 5));
    await killHard(parent);
    expect(existsSync(join(fresh, "pgdata/PG_VERSION"))).toBe(false);
    const server = await start(fresh);
    expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
    await server.stop();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
});

test("data of another major version is refused by name and left alone", async () => {
  const version = join(dir, "pgdata/PG_VERSION");
  writeFileSync(version, "16\n");
  await expect(start()).rejects.toThrow(/written by PostgreSQL 16, the binaries in .* are PostgreSQL 17/);
  expect(readFileSync(version, "utf8")).toBe("16\n");
  writeFileSync(version, "17\n");
  await (await start()).stop();
});

test("a server that cannot start says why in its own words", async () => {
  await expect(startPostgres({ dir, database: "app", parameters: { shared_buffers: "nonsense" } })).rejects.toThrow(
    /invalid value for parameter "shared_buffers"/,
  );
});
