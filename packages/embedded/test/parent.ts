import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Started {
  parent: ChildProcess;
  url: string;
  pid: number;
  adopted: boolean;
  how: string;
}

/** Starts a server from a process of its own, which then can be killed. */
export async function startInParent(dir: string, what: "postgres" | "redis"): Promise<Started> {
  const script = fileURLToPath(new URL("./start-and-stay.ts", import.meta.url));
  const parent = spawn(process.execPath, ["--conditions=source", "--import", "tsx", script, dir, what], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: parent.stdout });
  const [line] = (await Promise.race([
    once(lines, "line"),
    once(parent, "exit").then(() => {
      throw new Error("The parent process ended before the server ran.");
    }),
  ])) as [string];
  return { parent, ...JSON.parse(line) };
}

/** Kills `child` without notice and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
