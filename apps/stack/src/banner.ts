import type { Service } from "./services.ts";

export interface BannerFacts {
  readonly url: string;
  readonly postgres: Service;
  readonly redis: Service | undefined;
  /** Runs at a time; undefined: one a GPU. */
  readonly workers: number | undefined;
  readonly sampled: number;
  readonly dataDir: string;
}

/** The one block that a start prints. */
export function banner({ url, postgres, redis, workers, sampled, dataDir }: BannerFacts): string {
  const rows: [string, string][] = [
    ["Dashboard", url],
    ["Submit a run", "npm run etude -- submit --dataset digits --model mlp --schedule greedy --rate 0.1 --watch"],
    ["API docs", `${url}/docs`],
    ["Database", `Postgres (${postgres.how})`],
    ["Queue", redis ? `BullMQ on Redis (${redis.how})` : "BullMQ on the same Postgres (no Redis server on PATH)"],
    ["Trainers", workers === undefined ? "one a GPU" : `${workers} at a time`],
    ["Data", dataDir],
    ["Stop", "Ctrl-C"],
  ];
  if (sampled > 0) rows.splice(1, 0, ["Sample study", `${sampled} runs queued: greedy, cosine and constant on digits`]);
  const lines = rows.map(([name, value]) => `  ${name.padEnd(13)} ${value}`);
  return ["", "  Etude is running.", "", ...lines, ""].join("\n");
}
