import { setTimeout as sleep } from "node:timers/promises";
import { jobId, queueName, TrainJob } from "@etude/contracts";
import type { Job, JobsOptions, Processor, Queue, WorkerOptions, Worker } from "bullmq";
import type { Logger } from "../logger.ts";
import { reportOutage } from "../report-outage.ts";
import { withTimeout } from "../with-timeout.ts";
import { QueueUnavailableError, type Consumer, type Queueing, type TrainHandler } from "./queueing.ts";

/** The part of a BullMQ queue that both backends share by type. */
type TrainQueue = Pick<Queue<TrainJob>, "getRanges" | "getJobCounts" | "obliterate" | "close"> & {
  add(name: string, data: TrainJob, options: JobsOptions): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
};

/** The part of a BullMQ worker that both backends share by type. */
type TrainWorker = Pick<Worker<TrainJob>, "cancelJob" | "cancelAllJobs" | "close" | "disconnect"> & {
  on(event: "error" | "failed" | "stalled", listener: (...details: never[]) => void): unknown;
};

/** What differs between the backends: how queues and workers are made, and what is closed after them. */
export interface Backend {
  kind: Queueing["kind"];
  queue(name: string): TrainQueue;
  worker(name: string, processor: Processor<TrainJob>, options: Omit<WorkerOptions, "connection">): TrainWorker;
  close(): Promise<void>;
}

const unavailableAfterMs = 5000;
const closeWaitMs = 3000;
const waitingStates = ["waiting", "prioritized"] as const;

// Postgres alone decides about retries, so the queue makes none and forgets every delivery that ended.
const delivery = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

const workerOptions = {
  // A delivery whose worker died is given up, not run again: its lease in Postgres tells when to deliver anew.
  maxStalledCount: 0,
  lockDuration: 30_000,
  stalledInterval: 15_000,
  // BullMQ waits 15 s by default before it tries a lost Postgres again.
  runRetryDelay: 1000,
};

function parseJobId(id: string): TrainJob | null {
  const dash = id.lastIndexOf("-");
  const parsed = TrainJob.safeParse({ runId: id.slice(0, dash), attempt: Number(id.slice(dash + 1)) });
  return parsed.success ? parsed.data : null;
}

/** Closes a worker when its handlers are done. While the queue is away BullMQ would wait for it: that is cut short. */
async function closeWorker(worker: TrainWorker, running: Set<Promise<void>>): Promise<void> {
  const closing = worker.close();
  for (;;) {
    const idle = Promise.allSettled(running).then(() => sleep(closeWaitMs, "idle", { ref: false }));
    if ((await Promise.race([closing, idle])) !== "idle") return;
    if (running.size > 0) continue;
    void worker.disconnect().catch(() => {});
    return;
  }
}

/** Queueing on BullMQ, whichever backend it stands on. */
export function bullmqQueueing(backend: Backend, logger: Logger): Queueing {
  const outage = reportOutage(logger, `queue (${backend.kind})`);
  const queues = new Map<string, TrainQueue>();
  const consumers = new Set<Consumer>();
  let closing: Promise<void> | undefined;

  const queueOf = (pool: string): TrainQueue => {
    const name = queueName(pool);
    let queue = queues.get(name);
    if (!queue) {
      queue = backend.queue(name);
      queue.on("error", outage.failed);
      queues.set(name, queue);
    }
    return queue;
  };
  const ask = async <T>(pool: string, question: (queue: TrainQueue) => Promise<T>): Promise<T> => {
    try {
      if (closing) throw new Error("it was closed");
      const answer = await withTimeout(question(queueOf(pool)), unavailableAfterMs, "no answer");
      outage.worked();
      return answer;
    } catch (error) {
      throw new QueueUnavailableError(backend.kind, error);
    }
  };

  const work = (pool: string, handler: TrainHandler, { concurrency }: { concurrency: number }): Consumer => {
    const running = new Set<Promise<void>>();
    // BullMQ passes the signal only to a function that names three parameters.
    const process = async (job: Job<TrainJob>, _token?: string, signal?: AbortSignal): Promise<void> => {
      const run = handler(TrainJob.parse(job.data), signal ?? new AbortController().signal);
      running.add(run);
      await run.finally(() => running.delete(run));
    };
    const worker = backend.worker(queueName(pool), process, { ...workerOptions, concurrency });
    worker.on("error", outage.failed);
    worker.on("failed", (job: Job<TrainJob> | undefined, error: Error) =>
      logger.warn({ ...job?.data, err: error }, "delivery ended with an error"),
    );
    worker.on("stalled", (id: string) => logger.warn({ delivery: id }, "delivery lost its worker"));
    const consumer: Consumer = {
      cancel: (job, reason) => worker.cancelJob(jobId(job), reason),
      cancelAll: (reason) => worker.cancelAllJobs(reason),
      close: async () => {
        consumers.delete(consumer);
        await closeWorker(worker, running);
      },
    };
    consumers.add(consumer);
    return consumer;
  };

  const closeAll = async (): Promise<void> => {
    await Promise.all([...consumers].map((consumer) => consumer.close()));
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    await backend.close();
  };

  return {
    kind: backend.kind,
    work,
    async add(pool, { priority, ...job }) {
      const options = { ...delivery, jobId: jobId(job), ...(priority === undefined ? {} : { priority }) };
      await ask(pool, (queue) => queue.add("train", job, options));
    },
    async depth(pool) {
      const counts = await ask(pool, (queue) => queue.getJobCounts(...waitingStates, "active"));
      const waiting = waitingStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
      return { waiting, active: counts["active"] ?? 0 };
    },
    async deliveries(pool) {
      const ids = await ask(pool, (queue) => queue.getRanges([...waitingStates, "active"], 0, -1));
      return [...new Set(ids)].map(parseJobId).filter((job) => job !== null);
    },
    async obliterate(pool) {
      await queueOf(pool).obliterate({ force: true });
    },
    close: () => (closing ??= closeAll()),
  };
}
