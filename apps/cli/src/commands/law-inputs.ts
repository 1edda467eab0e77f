import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type Convention,
  LawError,
  type LawErrorCode,
  type LossCurve,
  readCurve,
  type Warmup,
} from "@etude/learning/law";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";

/** What the law commands have in common. */
export interface LawInputs {
  readonly train: readonly string[];
  readonly test?: readonly string[];
  readonly warmup: Warmup;
  readonly convention: Convention;
}

export const withLawOptions = (command: Command): Command =>
  command
    .requiredOption("--train <files...>", "two or more CSV files to fit to: step, lr, loss")
    .option("--test <files...>", "CSV files to judge by")
    .addOption(
      new Option("--warmup <how>", "the rate before the first row: linear, constant, fit, or a number of steps")
        .argParser(warmupOf)
        .default("linear"),
    )
    .addOption(
      new Option("--convention <name>", "which changes of the rate count: all, or those after the warmup")
        .choices(["authors", "post-warmup"])
        .default("authors"),
    );

function warmupOf(text: string): Warmup {
  if (text === "linear" || text === "constant" || text === "fit") return text;
  const steps = Number(text);
  if (text.trim() !== "" && Number.isFinite(steps) && steps >= 0) return steps;
  throw new InvalidArgumentError("It must be linear, constant, fit, or a number of steps from 0.");
}

/** Reads the files, as the user names them from where he is. Throws UsageError. */
export async function readCurves({ train, test = [] }: LawInputs, io: Io) {
  const read = async (file: string): Promise<LossCurve> => {
    const path = resolve(io.cwd, file);
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`${file} cannot be read (${error.code}).`, `Looked for ${path}.`);
    });
    return refusing(() => readCurve(file, text));
  };
  return { train: await Promise.all(train.map(read)), test: await Promise.all(test.map(read)) };
}

/** Runs a computation whose refusals are about what the user gave. */
export function refusing<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof LawError)) throw error;
    throw new UsageError(`${error.message}.`, remedies[error.code]);
  }
}

const remedies: Record<LawErrorCode, string> = {
  "invalid-curve": "Put the file right: columns step, lr and loss, one row a recorded step.",
  "too-few-curves": "Name another file after --train, of a run with another schedule.",
  "not-identified": "Add a run whose rate falls well before its end, such as cosine, wsd or two steps.",
  unreliable: "Add runs with other schedules or smoother losses, and fit again.",
  "out-of-range": "Stay within what is allowed.",
  "no-gradient-norms": "Use a run that recorded its gradient norms to the end.",
};
