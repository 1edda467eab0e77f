import { ConversionError, traceCase } from "@etude/catalog";
import { UsageError } from "../exit-codes.ts";
import type { Register } from "../program.ts";
import { readDocument } from "../read-input.ts";

const examples = `
Examples:
  etude schedule trace cases.json
  echo '{"library": "pytorch", "scheduler": "StepLR", "kwargs": {"step_size": 2}, "base_lr": 1, "steps": 5}' \\
    | etude schedule trace -
  echo '{"schedule": {"kind": "cosine", "rate": 0.1}, "steps": 10}' | etude schedule trace -

A case is a scheduler of another library or a schedule of ours, with "steps", or "metrics" (metrics[k] is seen after
update k), or "lr" as a list whose length is wanted. FILE holds one or a list of them.
Prints a JSON list, one { "lr": [...] } for each case; lr[t] is the rate that update t uses.`;

export const traceCommand: Register = (program, context) => {
  program
    .command("trace")
    .summary("rates step by step, as JSON")
    .description("Print the rates of schedules step by step, exactly, as JSON.")
    .argument("<file>", "JSON or YAML; - for stdin")
    .addHelpText("after", examples)
    .action(async (file: string, _, command) => {
      const { io, printJson } = context(command);
      const document = await readDocument(file, io);
      const cases: unknown[] = Array.isArray(document) ? document : [document];
      printJson(
        cases.map((one, i) => traced(one, cases.length === 1 ? "The case" : `Case ${i + 1} of ${cases.length}`)),
      );
    });
};

function traced(one: unknown, name: string): { readonly lr: number[] } {
  try {
    return traceCase(one);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw new UsageError(`${name}: ${error.message}.`.replace(/\.\.$/, "."), remedies[error.code]);
  }
}

const remedies: Record<ConversionError["code"], string> = {
  "past-end": "Ask for fewer steps, or a longer schedule.",
  "unknown-library": "Name the library in `library`.",
  "unknown-scheduler": "Name one of the known schedulers in `scheduler`.",
  "unknown-argument": "Leave it out, or use an argument that the scheduler takes.",
  "invalid-argument": "Put the value right.",
  "no-equivalent": "Express it as a schedule of ours: etude schedule list.",
};
