import { type ClientFrameInput, operations, type ProblemCode, problems, type RunId } from "@etude/contracts";
import { type Backoff, backoffMs, defaultBackoff, pause } from "./backoff.ts";
import { EtudeError, errorOfFrame } from "./error.ts";
import { type LiveEvent, type LiveFrame, readFrame } from "./live-event.ts";
import { advance, type Position, positionFrom } from "./position.ts";
import { baseOf, send, type Target } from "./request.ts";
import { defaultHeartbeat, type Ended, type Heartbeat, messagesOf, type OpenSocket } from "./socket.ts";

export type LiveOptions = Target & {
  /** Ends the iteration quietly. */
  readonly signal?: AbortSignal | undefined;
  readonly backoff?: Backoff | undefined;
  readonly heartbeat?: Heartbeat | undefined;
} & (
    | {
        readonly runId: string;
        readonly studyId?: undefined;
        /** Cursor of what the caller already has, as `getHistory` gives it; absent: from the beginning. */
        readonly after?: string | undefined;
      }
    | {
        /** Every run of the study, those created later too. */
        readonly studyId: string;
        readonly runId?: undefined;
        readonly after?: undefined;
      }
  );

/** Follows a run or a study. See `live` in index.ts. */
export type Live = (options: LiveOptions) => AsyncGenerator<LiveEvent, void>;

/** Makes a `live` on top of a way to open sockets. */
export function createLive(openSocket: OpenSocket): Live {
  return async function* live(options) {
    const signal = options.signal ?? new AbortController().signal;
    const positions = new Map<string, Position>();
    if (options.runId !== undefined) positions.set(options.runId, positionFrom(options.after));
    for (let tries = 0; !signal.aborted; tries += 1) {
      const line = connect(openSocket, options, positions, signal);
      let step = await line.next();
      for (; !step.done; step = await line.next()) {
        if (step.value.type === "subscribed") tries = 0;
        yield step.value;
        if (step.value.type === "run-deleted" && options.runId === step.value.runId) {
          await line.return({ reason: "deleted", opened: true });
          return;
        }
      }
      if (signal.aborted) return;
      if (!step.value.opened) await refuseForGood(options, signal);
      const retryAfterMs = backoffMs(tries, options.backoff ?? defaultBackoff);
      yield { type: "connection-lost", reason: step.value.reason, retryAfterMs };
      await pause(retryAfterMs, signal);
    }
  };
}

/** One connection: subscribes from the positions, hands out what is new, returns why it ended. */
async function* connect(
  openSocket: OpenSocket,
  options: LiveOptions,
  positions: Map<string, Position>,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, Ended> {
  const socket = await openSocket(`${baseOf(options.url).replace(/^http/, "ws")}/v1/live`, options.key);
  const subscribe = (): void => {
    const say = (frame: ClientFrameInput): void => socket.send(JSON.stringify(frame));
    for (const [runId, { cursor }] of positions) {
      say({ type: "subscribe", runId, ...(cursor === undefined ? {} : { after: cursor }) });
    }
    if (options.studyId !== undefined) say({ type: "subscribe", studyId: options.studyId });
  };
  let told = false;
  const messages = messagesOf(socket, options.heartbeat ?? defaultHeartbeat, signal, subscribe);
  try {
    for (;;) {
      const { value, done } = await messages.next();
      if (done) return value;
      if (!told) yield { type: "connection-opened" };
      told = true;
      const frame = readFrame(value);
      if (frame === undefined) continue;
      const gone = goneFrom(options, frame);
      if (gone !== undefined) {
        positions.delete(gone);
        yield { type: "run-deleted", runId: gone };
        continue;
      }
      if (frame.type === "problem" && isFinal(frame.code)) throw errorOfFrame(frame);
      const runId = "runId" in frame ? frame.runId : "run" in frame ? frame.run.id : undefined;
      if (runId === undefined) {
        yield frame;
        continue;
      }
      let position = positions.get(runId);
      if (!position) positions.set(runId, (position = positionFrom(undefined)));
      const news = advance(position, frame);
      if (news === "gap") return { reason: "points were missing between two frames", opened: true };
      if (news?.type === "run-deleted") positions.delete(runId);
      if (news !== undefined) yield news;
    }
  } finally {
    await messages.return({ reason: "stopped", opened: true });
  }
}

/** A run of the followed study that was deleted while nobody was connected. */
function goneFrom({ studyId }: LiveOptions, frame: LiveFrame): RunId | undefined {
  return studyId !== undefined && frame.type === "problem" && frame.code === "run_not_found" ? frame.runId : undefined;
}

/** True when asking again cannot help: the request itself is wrong, or not allowed. */
function isFinal(code: string): boolean {
  const status = Object.hasOwn(problems, code) ? problems[code as ProblemCode].status : 500;
  return status < 500 && status !== 429;
}

/** A refused upgrade does not tell why in a browser: ask the same over HTTP, and throw when the answer is final. */
async function refuseForGood(options: LiveOptions, signal: AbortSignal): Promise<void> {
  const { runId, studyId } = options;
  const asked =
    runId === undefined
      ? send(operations.getStudy, options, { studyId, signal })
      : send(operations.getRun, options, { runId, signal });
  await asked.catch((error: unknown) => {
    if (error instanceof EtudeError && error.code !== "unexpected_answer" && isFinal(error.code)) throw error;
  });
}
