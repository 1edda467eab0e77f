/** Viewers at the same place of a run's log, woken by the same ring, read it once for all of them. */
import type { CursorContent } from "@etude/contracts";
import type { HistoryStore, LogRead } from "@etude/db";

type ReadAfter = HistoryStore["readAfter"];

/**
 * Returns a `readAfter` that joins equal calls of one turn of the event loop. A call never joins a read that has
 * begun: that one may not see what the caller was woken for.
 */
export function sharedReads(readAfter: ReadAfter): ReadAfter {
  const gathering = new Map<string, Promise<LogRead | null>>();
  return (runId, after: CursorContent, limit) => {
    const key = `${runId} ${after.attempt} ${after.counts.join(",")} ${limit ?? ""}`;
    let read = gathering.get(key);
    if (read === undefined) {
      read = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        gathering.delete(key);
        return readAfter(runId, after, limit);
      });
      gathering.set(key, read);
    }
    return read;
  };
}
