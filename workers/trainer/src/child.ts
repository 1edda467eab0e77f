/**
 * The trainer child: a forked process that trains one run after the other. It has no network and no database; it talks
 * to its supervisor over the fork channel and writes only below the folder that a start message names.
 */
import { format } from "node:util";
import type { FromTrainer, ToTrainer } from "@etude/contracts";
import { tfCore } from "./backends/tfjs.ts";
import { TrainingRun } from "./training/run.ts";
import { WorkRun } from "./work/work-run.ts";
import type { Work } from "./work/work.ts";
import { works } from "./work/works.ts";

if (!process.send) {
  process.stderr.write("child.js is started by the trainer's supervisor with fork(), not by hand\n");
  process.exit(2);
}

const send = (message: FromTrainer): void => {
  if (process.connected) process.send!(message, undefined, undefined, () => {});
};

/** Sends a last message and ends the process once it is on its way. */
const sendAndExit = (message: FromTrainer, code: number): void => {
  if (!process.connected) process.exit(code);
  process.send!(message, undefined, undefined, () => process.exit(code));
};

for (const level of ["debug", "info", "warn", "error"] as const) {
  console[level] = (...words: unknown[]) => send({ type: "log", level, message: format(...words) });
}
console.log = console.info;

let current: TrainingRun | WorkRun | undefined;

process.on("message", (message: ToTrainer) => {
  if (message.type !== "training-start") current?.receive(message);
  else if (current) send({ type: "log", level: "error", message: `run ${message.runId} refused: a run is under way` });
  else void start(message);
});

async function start(message: Extract<ToTrainer, { type: "training-start" }>): Promise<void> {
  const { spec } = message;
  current =
    spec.kind === "training"
      ? new TrainingRun(message, spec, send)
      : new WorkRun(message, works[spec.kind] as Work, send);
  const fit = await current.execute();
  current = undefined;
  if (!fit)
    sendAndExit({ type: "log", level: "info", message: "this process ends; a fresh one takes the next run" }, 0);
}

process.on("disconnect", () => process.exit(0));

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!current) return sendAndExit({ type: "log", level: "error", message }, 1);
    const failure = { reason: "error", message } as const;
    return sendAndExit({ type: "training-end", outcome: "failed", failure, summary: null }, 1);
  });
}

tfCore();
send({ type: "trainer-ready" });
