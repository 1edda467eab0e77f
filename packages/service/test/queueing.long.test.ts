import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { RunId, TrainJob } from "@etude/contracts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createQueueing, prepareQueue, type Queueing } from "../src/index.ts";
import { logger, onBoth } from "./places.ts";

onBoth((place) => {
  let queueing: Queueing;
  beforeAll(async () => {
    await prepareQueue(place);
    queueing = createQueueing(place, logger.child({}, { level: "silent" }));
  });
  afterAll(() => queueing.close());

  test("the delivery of a worker that was killed is given up, not run again; the next attempt is taken", async () => {
    const job: TrainJob = { runId: randomUUID() as RunId, attempt: 1 };
    const script = fileURLToPath(new URL("./hang-on-delivery.ts", import.meta.url));
    const flags = ["--conditions=source", "--import", "tsx"];
    const worker = spawn(process.execPath, [...flags, script, JSON.stringify(place), "cpu"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await queueing.add("cpu", job);
    await once(worker.stdout, "data");
    worker.kill("SIGKILL");
    await once(worker, "exit");
    expect(await queueing.depth("cpu")).toEqual({ waiting: 0, active: 1 });

    const seen: TrainJob[] = [];
    queueing.work("cpu", async (delivered) => void seen.push(delivered), { concurrency: 1 });
    await vi.waitFor(async () => expect(await queueing.deliveries("cpu")).toEqual([]), {
      timeout: 200_000,
      interval: 500,
    });
    expect(seen).toEqual([]);
    await queueing.add("cpu", { ...job, attempt: 2 });
    await vi.waitFor(() => expect(seen).toEqual([{ ...job, attempt: 2 }]), { timeout: 30_000, interval: 20 });
  });
});
