import { createLive, type Live } from "./live.ts";
import { openGlobalSocket } from "./socket.ts";

export type { Backoff } from "./backoff.ts";
export { type Client, createClient, type WriteFrame, type OperationArguments, type OperationResult } from "./client.ts";
export {
  externalSchedule,
  type Asked,
  type ExternalSchedule,
  type ExternalScheduleOptions,
  type RateLog,
  type RateState,
} from "./external-schedule.ts";
export { runSchedule, type RunSchedule, type RunScheduleOptions } from "./run-schedule.ts";
export { EtudeError, type EtudeErrorCode } from "./error.ts";
export { HistoryBuffer } from "./history-buffer.ts";
export { logger, type Logger, type LoggerOptions } from "./logger.ts";
export { memorySpool, type Spool } from "./spool.ts";
export type { Live, LiveOptions } from "./live.ts";
export type { ConnectionEvent, LiveEvent, LiveFrame, PointsEvent, RewindEvent } from "./live-event.ts";
export type { CallOptions, Target } from "./request.ts";
export type { SeriesView } from "./series-buffer.ts";
export type { Heartbeat } from "./socket.ts";

/**
 * Follows a run or a study: an endless iterator of what happens, each point exactly once and in order.
 *
 * Reconnects by itself (full jitter, 0.5 to 15 s) from the last cursor, also when the line falls silent. Ends quietly
 * when the signal aborts or the run is deleted; throws an EtudeError when the server refuses for good (no such run, no
 * valid key). Here, in the browser, the session cookie authenticates; in Node import from `@etude/sdk/node`, whose
 * `live` takes a key.
 */
export const live: Live = createLive(openGlobalSocket);
