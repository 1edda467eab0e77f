import type { Logger } from "../logger.ts";
import type { Bus } from "./bus.ts";
import { postgresBus } from "./postgres-bus.ts";
import { redisBus } from "./redis-bus.ts";

/** Where the bus lives. */
export type BusPlace = { redisUrl: string; prefix?: string } | { pgUrl: string };

/** Opens the bus on Redis, its channels below `prefix`, or on Postgres. It connects by itself and never rejects. */
export function createBus(place: BusPlace, logger: Logger): Bus {
  return "redisUrl" in place
    ? redisBus(place.redisUrl, `${place.prefix ?? "etude"}:`, logger)
    : postgresBus(place.pgUrl, logger);
}
