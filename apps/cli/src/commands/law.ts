import type { Register } from "../program.ts";
import { lawFitCommand } from "./law-fit.ts";
import { lawOptimiseCommand } from "./law-optimise.ts";

const examples = `
Examples:
  etude law fit --train cosine.csv constant.csv two-step.csv --test wsd.csv
  etude law optimise --train cosine.csv constant.csv two-step.csv --steps 24000

These need no server. A file has the columns step, lr and loss.`;

export const lawCommand: Register = (program, context) => {
  const law = program
    .command("law")
    .summary("loss laws: fit one to recorded curves, derive the best schedule from it")
    .description("Fit a law of the loss under any schedule to two or more recorded curves, and use it.")
    .addHelpText("after", examples);
  for (const register of [lawFitCommand, lawOptimiseCommand]) register(law, context);
};
