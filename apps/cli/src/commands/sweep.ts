import type { Register } from "../program.ts";
import { runSweepCommand } from "./sweep-run.ts";

const examples = `
Examples:
  etude sweep run --problem softmax-digits --schedule linear wsd --rate 0.01:100 --trials 40 --stop asha

These need no server: the runs are trained here, on the array engine.`;

export const sweepCommand: Register = (program, context) => {
  const sweep = program
    .command("sweep")
    .summary("search rates and schedules on a small problem: run")
    .description("Sweeps: search rates and schedules, ending poor trials and the sweep itself early.")
    .addHelpText("after", examples);
  runSweepCommand(sweep, context);
};
