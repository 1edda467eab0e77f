import { type Json, nextRate, type RateState } from "@etude/catalog";
import { Problem } from "@etude/contracts";
import type { FastifyInstance } from "fastify";
import type { Parts } from "../parts.ts";
import { boundSchedules } from "../runs/bound-schedules.ts";
import { serve } from "../serve.ts";

/** Rates for loops elsewhere, under any schedule that needs nothing but losses; its state is kept in the database. */
export function rateRoutes(app: FastifyInstance, { db, blobs }: Pick<Parts, "db" | "blobs">): void {
  const scheduleOf = boundSchedules({ db, blobs });

  serve(app, "nextRate", async ({ params: { runId }, body }) => {
    const { step, attempt } = body;
    const number = (value: number | string | undefined): number | undefined =>
      value === undefined ? undefined : Number(value);
    const [loss, evalLoss] = [number(body.loss), number(body.evalLoss)];
    const measured = Object.fromEntries(
      Object.entries(body.measured ?? {}).map(([name, value]) => [name, number(value)]),
    );
    return db.rates.give(runId, { step, attempt, loss: loss ?? null, evalLoss: evalLoss ?? null }, async (last) => {
      const { kind, schedule } = await scheduleOf(runId);
      const before: RateState =
        last === null
          ? { step: 0, rate: null, machine: schedule.start() }
          : { step: last.step + 1, rate: last.rate, machine: last.state as Json };
      try {
        const { rate, state } = nextRate(schedule, kind, before, { step, loss, evalLoss, measured });
        return { rate, state: state.machine };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        const [path = ""] = /^[\w.]+/.exec(error.message) ?? [];
        throw new Problem("validation_failed", error.message, [{ path, message: error.message }]);
      }
    });
  });
}
