/** A second API process beside the one of a running product, on its database and its queue. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { freePort, type Product } from "./product.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface Replica {
  readonly url: string;
  /** kill -9. */
  kill(): Promise<void>;
}

/** Starts it with the environment of the first one, and resolves when it listens. */
export async function startReplica(product: Product): Promise<Replica> {
  const environment = Object.fromEntries(
    readFileSync(`/proc/${product.pid("api")}/environ`, "utf8")
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => line.split(/=(.*)/s) as [string, string]),
  );
  const port = await freePort();
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", "apps/api/src/main.ts"], {
    cwd: root,
    env: { ...environment, ETUDE_PORT: String(port), NODE_CHANNEL_FD: undefined },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`the second API ended with ${code}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    kill: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}
