import { type Asked, schedulesIn, shippedPolicies } from "@etude/catalog";
import { toJsonNumber } from "@etude/contracts";
import { type Backoff, backoffMs, defaultBackoff, pause } from "./backoff.ts";
import type { Client } from "./client.ts";
import { mayPass } from "./error.ts";
import { externalSchedule, type RateLog, type RateState } from "./external-schedule.ts";

export interface RunScheduleOptions {
  readonly client: Pick<Client, "getRun" | "nextRate">;
  /** An external run that names its schedule and its horizon. */
  readonly runId: string;
  /** Gets every rate as `learning-rate`. */
  readonly logger?: RateLog;
  /** Where to continue a schedule that is computed here; the server keeps the state of those it computes. */
  readonly state?: RateState;
  readonly backoff?: Backoff;
  /** Ends the waiting for a server that is away. */
  readonly signal?: AbortSignal;
}

export interface RunSchedule {
  /** Who computes the rates: a policy or a curve that only the server holds stays there. */
  readonly where: "here" | "server";
  /** The rate for update `step`; waits through outages. Throws an EtudeError that is final, a RangeError on a step out of order or a number that the schedule needs. */
  next(asked: Asked): Promise<number>;
}

type Numbers = Readonly<Record<string, number | undefined>>;
const jsonOf = (numbers: Numbers): Record<string, ReturnType<typeof toJsonNumber>> =>
  Object.fromEntries(
    Object.entries(numbers).flatMap(([name, value]) => (value === undefined ? [] : [[name, toJsonNumber(value)]])),
  );

/** The rates of a run, under the schedule that it names. Throws an EtudeError when the run cannot be read. */
export async function runSchedule(options: RunScheduleOptions): Promise<RunSchedule> {
  const { client, runId, logger, state, backoff = defaultBackoff } = options;
  const signal = options.signal ?? new AbortController().signal;
  const { spec } = await client.getRun({ runId });
  if (spec.kind !== "external" || spec.schedule === undefined || spec.horizon === undefined)
    throw new RangeError(`run ${runId} is not external, or names no schedule or no horizon.`);
  const { schedule, horizon, stepsPerEpoch = 1 } = spec;
  const elsewhere = schedulesIn(schedule).some(
    ({ spec: part }) =>
      part.kind === "replay" || (part.kind === "learned" && !Object.hasOwn(shippedPolicies, part.policy)),
  );
  if (!elsewhere) {
    const here = externalSchedule({ schedule, horizon, stepsPerEpoch, state, logger });
    return { where: "here", next: async (asked) => here.next(asked) };
  }
  return {
    where: "server",
    async next({ step, measured, ...losses }) {
      const body = { step, ...jsonOf(losses), ...(measured && { measured: jsonOf(measured) }) };
      for (let tries = 0; ; tries += 1) {
        try {
          // Asking again for a step gives the same rate.
          const { rate } = await client.nextRate({ runId, body });
          logger?.log({ step, values: { "learning-rate": rate } });
          return rate;
        } catch (error) {
          if (!mayPass(error) || signal.aborted) throw error;
          await pause(Math.max(backoffMs(tries, backoff), (error.retryAfterSeconds ?? 0) * 1000), signal);
        }
      }
    },
  };
}
