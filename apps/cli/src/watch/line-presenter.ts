import type { LiveEvent } from "@etude/sdk";
import type { Context } from "../context.ts";
import { formatDuration, formatNumber } from "../format/numbers.ts";
import { formatProgress, formatStatus, shortId } from "../format/run.ts";
import type { Style } from "../format/style.ts";
import type { Presenter } from "./presenter.ts";
import type { WatchedRun } from "./watched-run.ts";

/** Time between two lines of a run of which only the numbers change. */
const everyMs = 5000;

/** What is known of a run in one line. */
export function lineOf(watched: WatchedRun, style: Style): string {
  const { run } = watched;
  const value = (name: string, key: string): string | undefined => {
    const last = watched.last(key);
    return last === undefined ? undefined : `${name} ${formatNumber(last)}`;
  };
  const speed = watched.stepsPerSecond;
  const left = watched.secondsLeft;
  return [
    shortId(run.id),
    formatStatus(run, style),
    `step ${formatProgress({ step: watched.step, horizon: run.horizon })}`,
    value("train loss", "train/loss"),
    value("validation loss", "validation/loss"),
    value("accuracy", "validation/accuracy"),
    value("rate", "learning-rate"),
    speed === undefined ? undefined : `${formatNumber(speed)} steps/s`,
    left === undefined ? undefined : `${formatDuration(left)} left`,
    run.failure?.message,
    watched.trouble,
  ]
    .filter((part) => part !== undefined)
    .join("  ");
}

/** Prints a line for a run when its status changes, when the line breaks or heals, and every few seconds between. */
export function linePresenter({ print, style }: Pick<Context, "print" | "style">): Presenter {
  const said = new Map<WatchedRun, { state: string; at: number; line: string }>();
  return {
    changed(watched: WatchedRun, event: LiveEvent | undefined) {
      const state = `${watched.run.status} ${watched.trouble ?? ""}`;
      const last = said.get(watched);
      const now = performance.now();
      // The end is told by `end`, when all points are here.
      if (event?.type === "run-changed" && watched.run.endedAt !== null) return;
      if (last !== undefined && last.state === state && now - last.at < everyMs) return;
      const line = lineOf(watched, style);
      said.set(watched, { state, at: now, line });
      print(line);
    },
    end(all) {
      for (const watched of all) {
        const line = lineOf(watched, style);
        if (line !== said.get(watched)?.line) print(line);
      }
    },
  };
}
