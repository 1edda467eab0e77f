/** The whole product as a user starts it, on a folder and a port of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Run, RunSpecInput } from "@etude/contracts";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface ProductOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `postgres` keeps the queue and the bus off Redis even where a Redis is on PATH. */
  readonly queue?: "auto" | "postgres";
  /** Queued right after the start. */
  readonly runs?: readonly RunSpecInput[];
  /** An existing data folder; made and removed by this helper otherwise. */
  readonly dataDir?: string;
}

export interface Product {
  readonly url: string;
  readonly dataDir: string;
  /** What it printed so far. */
  output(): string;
  /** Process id of a part as it runs now: Postgres, Redis, api, trainer. */
  pid(part: string): number;
  /** Process ids of the trainer's children. */
  trainerChildren(): number[];
  /** Calls the API; throws with the problem's text when it is refused. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  submit(spec: RunSpecInput): Promise<Run>;
  /** Waits until the run satisfies `until`, by default until it ended. */
  waitFor(runId: string, until?: (run: Run) => boolean, seconds?: number): Promise<Run>;
  /** Sends SIGINT, as Ctrl-C does, and waits; returns the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 of the process that watches the others. */
  kill(): Promise<void>;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
};

const ended = (run: Run): boolean => ["completed", "failed", "cancelled"].includes(run.status);

async function untilListening(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      const { type, url } = message as { type?: string; url?: string };
      if (type === "listening" && url) resolve(url);
    });
    child.once("exit", (code, signal) =>
      reject(new Error(`the product ended before it listened (${code ?? signal}):\n${output()}`)),
    );
  });
}

/** Starts the product and resolves when it serves. */
export async function startProduct({
  env = {},
  queue = "auto",
  runs = [],
  dataDir,
}: ProductOptions = {}): Promise<Product> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), "etude-e2e-"));
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", "apps/stack/src/main.ts"], {
    cwd: root,
    env: {
      ...process.env,
      ETUDE_PORT: String(await freePort()),
      ETUDE_DATA_DIR: folder,
      ETUDE_SAMPLE: "0",
      ETUDE_QUEUE: queue,
      DATABASE_URL: "",
      REDIS_URL: "",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await untilListening(child, () => text);

  const product: Product = {
    url,
    dataDir: folder,
    output: () => text,
    pid: (part) => {
      const pid = (JSON.parse(readFileSync(join(folder, "parts.json"), "utf8")) as Record<string, number>)[part];
      if (pid === undefined) throw new Error(`no part is called ${part}`);
      return pid;
    },
    trainerChildren: () => childrenOf(product.pid("trainer")),
    call: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const init =
        body === undefined
          ? { method }
          : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      let answer = await fetch(`${url}${path}`, init);
      // Under pressure, or a service is being restarted: what every client should do.
      for (let tries = 0; answer.status === 503 && tries < 20; tries += 1) {
        await sleep(500);
        answer = await fetch(`${url}${path}`, init);
      }
      const content = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${content}`);
      return (content === "" ? undefined : JSON.parse(content)) as T;
    },
    submit: (spec) => product.call<Run>("POST", "/v1/runs", spec),
    waitFor: async (runId, until = ended, seconds = 90) => {
      const end = Date.now() + seconds * 1000;
      for (let last = "never read"; ;) {
        try {
          const run = await product.call<Run>("GET", `/v1/runs/${runId}`);
          if (until(run)) return run;
          last = `${run.status} at step ${run.step}${run.failure ? `: ${run.failure.message}` : ""}`;
        } catch (error) {
          // A part is being restarted.
          last = (error as Error).message;
        }
        if (Date.now() > end) throw new Error(`run ${runId} is still ${last} after ${seconds} s\n${text}`);
        await sleep(50);
      }
    },
    stop: async () => {
      child.kill("SIGINT");
      const code = await exited;
      if (!dataDir) rmSync(folder, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
  for (const spec of runs) await product.submit(spec);
  return product;
}
