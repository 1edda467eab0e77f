import { isEnded, type Run } from "@etude/contracts";
import { live } from "@etude/sdk/node";
import type { Connection, Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { chartPresenter } from "./chart-presenter.ts";
import { jsonPresenter } from "./json-presenter.ts";
import { linePresenter } from "./line-presenter.ts";
import type { Presenter } from "./presenter.ts";
import { WatchedRun } from "./watched-run.ts";

/** Buckets of the past that a chart begins with: more than any terminal has dots. */
const pastWidth = 2000;
/** After a run has ended its last points are on the way; this is how long we wait for them, in milliseconds. */
const lastPointsWithin = 5000;

type Output = Pick<Context, "io" | "json" | "style" | "print" | "printJson">;

/**
 * Shows runs until all of them have ended: as charts on a terminal, as a line now and then elsewhere, as one JSON event a
 * line with --json. Returns the exit code: 1 when a run did not complete, 130 on Ctrl-C (the runs go on).
 */
export async function watchRuns(runs: readonly Run[], connection: Connection, output: Output): Promise<number> {
  const { io, json } = output;
  const watched = runs.map((run) => new WatchedRun(run));
  const presenter = json
    ? jsonPresenter(output)
    : io.stdout.isTTY === true
      ? chartPresenter(output, watched)
      : linePresenter(output);
  const stop = new AbortController();
  const interrupted = (): void => stop.abort();
  io.interrupt.addEventListener("abort", interrupted);
  if (io.interrupt.aborted) stop.abort();
  try {
    await Promise.all(watched.map((one) => follow(one, connection, presenter, json, stop.signal)));
  } finally {
    stop.abort();
    io.interrupt.removeEventListener("abort", interrupted);
    presenter.end(watched);
  }
  if (io.interrupt.aborted) {
    if (watched.some(({ run }) => !isEnded(run.status)))
      io.stderr.write("Not watching any more; what is queued or running goes on.\n");
    return exitCodes.interrupted;
  }
  return watched.every(({ run }) => run.status === "completed") ? exitCodes.ok : exitCodes.runFailed;
}

async function follow(
  watched: WatchedRun,
  { url, key, client }: Connection,
  presenter: Presenter,
  exact: boolean,
  stop: AbortSignal,
): Promise<void> {
  const runId = watched.run.id;
  const late = new AbortController();
  const signal = AbortSignal.any([stop, late.signal]);
  let timer: NodeJS.Timeout | undefined;
  try {
    if (!exact && watched.run.points > 0) {
      watched.history.load(await client.readHistory({ runId, width: pastWidth, signal }));
    }
    presenter.changed(watched, undefined);
    for await (const event of live({ url, key, runId, after: watched.history.cursor, signal })) {
      if (watched.apply(event) || exact) presenter.changed(watched, event);
      if (watched.complete) return;
      if (isEnded(watched.run.status)) timer ??= setTimeout(() => late.abort(), lastPointsWithin);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}
