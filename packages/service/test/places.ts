import { createLogger } from "../src/index.ts";
import { withDatabase, withRedis } from "../../../test/kit/index.ts";
import { describe } from "vitest";

/** Quiet but for what must not happen. */
export const logger = createLogger({ logLevel: "error" }, "test");

/** Runs the same contract on Redis and on Postgres, each in a place of its own. */
export function onBoth(define: (place: { redisUrl: string } | { pgUrl: string }) => void): void {
  withRedis("on Redis", ({ url }) => define({ redisUrl: url }));
  describe("on Postgres", async () => {
    const { url } = await withDatabase();
    define({ pgUrl: url });
  });
}
