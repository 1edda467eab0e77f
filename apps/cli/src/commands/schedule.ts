import type { Register } from "../program.ts";
import { listSchedules } from "./schedule-list.ts";
import { previewCommand } from "./schedule-preview.ts";
import { showSchedule } from "./schedule-show.ts";
import { traceCommand } from "./schedule-trace.ts";

const examples = `
Examples:
  etude schedule list
  etude schedule show greedy
  etude schedule preview cosine --rate 0.1 --steps 1000 --set warmup.steps=100
  etude schedule trace cases.json

These need no server.`;

export const scheduleCommand: Register = (program, context) => {
  const schedule = program
    .command("schedule")
    .summary("learning-rate schedules: list, show, preview, trace")
    .description("Learning-rate schedules: what there is, what they do, and their rates step by step.")
    .addHelpText("after", examples);
  for (const register of [listSchedules, showSchedule, previewCommand, traceCommand]) register(schedule, context);
};
