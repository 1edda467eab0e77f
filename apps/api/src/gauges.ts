import type { Parts } from "./parts.ts";

/** Returns a function that brings the gauges up to date: runs, and the queues of the pools that have workers. */
export function gaugesOf({ db, queueing, metrics }: Pick<Parts, "db" | "queueing" | "metrics">): () => Promise<void> {
  return async () => {
    const [counts, workers] = await Promise.all([db.counts(), db.workers.list()]);
    metrics.runs.set({ status: "queued" }, counts.waiting);
    metrics.runs.set({ status: "running" }, counts.running);
    const pools = new Set(["cpu", ...workers.map(({ pool }) => pool)]);
    await Promise.all(
      [...pools].map(async (pool) => {
        const { waiting, active } = await queueing.depth(pool);
        metrics.queueJobs.set({ pool, state: "waiting" }, waiting);
        metrics.queueJobs.set({ pool, state: "active" }, active);
      }),
    );
  };
}
