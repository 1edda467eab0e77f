import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@etude/service";

/** Repeats a database or blob operation until it is answered; the child waits meanwhile, held by back-pressure. */
export async function untilAnswered<T>(operation: () => Promise<T>, log: Logger): Promise<T> {
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, 2_000)) {
    try {
      return await operation();
    } catch (error) {
      log.warn({ err: error, againInMs: pauseMs }, "could not write; trying again");
      await sleep(pauseMs);
    }
  }
}
