import { Screen } from "../chart/screen.ts";
import type { Context } from "../context.ts";
import type { Presenter } from "./presenter.ts";
import { drawRuns } from "./view.ts";
import type { WatchedRun } from "./watched-run.ts";

/** At most ten pictures a second. */
const redrawEveryMs = 100;

/** Draws runs on the whole terminal as they change, and leaves the last picture behind. */
export function chartPresenter({ io, style }: Pick<Context, "io" | "style">, runs: readonly WatchedRun[]): Presenter {
  const screen = new Screen(io.stdout);
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    timer = undefined;
    screen.show(drawRuns(runs, screen, style));
  };
  const schedule = (): void => void (timer ??= setTimeout(draw, redrawEveryMs));
  io.stdout.on?.("resize", schedule);
  // The estimate of the time left goes on while no point comes.
  const clock = setInterval(schedule, 1000);
  draw();
  return {
    changed: schedule,
    end() {
      clearTimeout(timer);
      clearInterval(clock);
      io.stdout.off?.("resize", schedule);
      screen.leave();
      const { columns, rows } = screen;
      io.stdout.write(`${drawRuns(runs, { columns, rows: rows - 1 }, style).join("\n")}\n`);
    },
  };
}
