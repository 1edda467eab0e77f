import type { BusPlace } from "../bus/create-bus.ts";
import type { QueueingPlace } from "../queueing/create-queueing.ts";
import { SettingsError } from "./read-settings.ts";
import type { Settings } from "./settings.ts";

/** Where a process finds its database, queue and bus. Throws SettingsError when DATABASE_URL is unset: only `npm start` runs its own. */
export function placesOf(settings: Settings): { databaseUrl: string; place: QueueingPlace & BusPlace } {
  const { databaseUrl, redisUrl, queuePrefix: prefix } = settings;
  if (databaseUrl === undefined) throw new SettingsError(["DATABASE_URL is not set. Set it, or run `npm start`."]);
  return { databaseUrl, place: redisUrl === undefined ? { pgUrl: databaseUrl } : { redisUrl, prefix } };
}
