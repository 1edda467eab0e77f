import { z } from "zod";
import { RunId } from "./ids.ts";

/** One delivery of a run to a worker. Postgres decides about retries, so a job is never retried by the queue. */
export const TrainJob = z.object({ runId: RunId, attempt: z.int().min(1) });
export type TrainJob = z.output<typeof TrainJob>;

/** Queue of a pool of workers. */
export const queueName = (pool: string): string => `train-${pool}`;

/** The id of a delivery: adding the same delivery twice is one job. */
export const jobId = (job: TrainJob): string => `${job.runId}-${job.attempt}`;
