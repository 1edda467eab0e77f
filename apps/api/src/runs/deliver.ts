/** Gives runs to the queue. Postgres knows which ones are waiting, so a delivery that fails is only late. */
import type { Run } from "@etude/contracts";
import type { Database, Delivery } from "@etude/db";
import type { Logger, Queueing } from "@etude/service";

interface DeliveryParts {
  readonly db: Database;
  readonly queueing: Queueing;
  readonly logger: Logger;
}

/** The next deliveries of queued runs; an external run is nobody's work. */
export const deliveriesOf = (runs: readonly Run[]): Delivery[] =>
  runs.flatMap(({ id, attempt, spec }) =>
    spec.kind === "external" ? [] : [{ job: { runId: id, attempt: attempt + 1 }, pool: spec.pool }],
  );

/** Adds jobs and notes which ones the queue has; those that it does not take stay for the reconciler. Never rejects. */
export async function deliver(
  { db, queueing, logger }: DeliveryParts,
  deliveries: readonly Delivery[],
): Promise<number> {
  const results = await Promise.allSettled(deliveries.map(({ pool, job }) => queueing.add(pool, job)));
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined)
    logger.warn(
      { err: failure.reason as unknown, runs: deliveries.length },
      "queue is away; runs wait in the database",
    );
  const taken = deliveries.filter((_, index) => results[index]?.status === "fulfilled").map(({ job }) => job);
  try {
    await db.runs.markDelivered(taken);
  } catch (error) {
    // Delivered again later under the same id: one job.
    logger.warn({ err: error }, "deliveries were not noted");
  }
  return taken.length;
}
