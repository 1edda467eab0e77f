import type { Logger } from "./logger.ts";

const repeatAfterMs = 30_000;

/**
 * Logs an outage once, again every 30 s while it lasts or when its reason changes, and its end. Clients that reconnect
 * report the same error many times a second.
 */
export function reportOutage(logger: Logger, what: string): { failed: (error: Error) => void; worked: () => void } {
  let since: number | null = null;
  let lastMessage = "";
  let lastLogged = 0;
  return {
    failed(error) {
      const now = Date.now();
      since ??= now;
      if (error.message === lastMessage && now - lastLogged < repeatAfterMs) return;
      lastMessage = error.message;
      lastLogged = now;
      logger.warn({ err: error }, `${what} failed`);
    },
    worked() {
      if (since === null) return;
      logger.info({ afterMs: Date.now() - since }, `${what} works again`);
      since = null;
      lastMessage = "";
    },
  };
}
