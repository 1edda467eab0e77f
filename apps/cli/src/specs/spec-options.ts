import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { UsageError } from "../exit-codes.ts";
import { type Assignment, assign, parseAssignment, parseValue } from "./assignments.ts";

/** The options of `submit` that make or change a spec. */
export interface SpecOptions {
  readonly dataset?: string;
  readonly model?: string;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly rate?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly evaluateEvery?: number;
  readonly seed?: number[];
  readonly backend?: string;
  readonly pool?: string;
  readonly name?: string;
  readonly tag?: string[];
  readonly set?: string[];
}

export type Spec = Record<string, unknown>;

/** What a run made from options alone starts from. */
export const defaultSpec: Spec = {
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "momentum" },
  budget: { steps: 1000 },
};

/** Reads an option as a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

export const collect = (text: string, before: string[] = []): string[] => [...before, text];

const collectNumbers = (text: string, before: number[] = []): number[] => [...before, ...text.split(",").map(number)];

export const setOption = [
  "--set <path=value>",
  "change any field: --set schedule.patience=5 (null removes it)",
] as const;

/** Adds the options of a spec to a command. */
export function addSpecOptions(command: Command): Command {
  return command
    .option("--dataset <kind>", "what is learned from (default: digits)")
    .option("--model <kind>", "what is trained (default: mlp)")
    .option("--optimizer <kind>", "how a gradient becomes a direction (default: momentum)")
    .option("--schedule <kind>", "how the learning rate moves; see `etude schedule list`")
    .option("--rate <number>", "base or peak learning rate of the schedule", number)
    .option("--steps <n>", "updates to make (default: 1000)", number)
    .option("--epochs <n>", "passes over the training data, instead of --steps", number)
    .option("--batch-size <n>", "examples in one update", number)
    .option("--evaluate-every <n>", "updates between evaluations", number)
    .option("--seed <n>", "seed; several (1,2,3 or repeated) make a run for each", collectNumbers)
    .option("--backend <name>", "where the mathematics runs (default: auto)")
    .option("--pool <name>", "which workers may take it (default: cpu)")
    .option("--name <text>", "name of the run")
    .option("--tag <key=value>", "tag; repeat for several", collect)
    .option(...setOption, collect);
}

/** The fields that options name, as assignments in the order in which they apply. */
function assignmentsOf(options: SpecOptions): Assignment[] {
  const list: Assignment[] = [];
  const put = (path: string, value: unknown): void => {
    if (value !== undefined) list.push({ path: path.split("."), value });
  };
  // Another kind takes other parameters: it replaces the whole part.
  for (const part of ["dataset", "model", "optimizer", "schedule"] as const) {
    const text = options[part];
    if (text !== undefined) put(part, text.startsWith("{") ? parseValue(text) : { kind: text });
  }
  put("schedule.rate", options.rate);
  if (options.steps !== undefined && options.epochs !== undefined) {
    throw new UsageError("--steps and --epochs are both given.", "Give one of them.");
  }
  put("budget", options.steps === undefined ? undefined : { steps: options.steps });
  put("budget", options.epochs === undefined ? undefined : { epochs: options.epochs });
  for (const field of ["batchSize", "evaluateEvery", "backend", "pool", "name"] as const) put(field, options[field]);
  for (const tag of options.tag ?? []) {
    const [, key = tag, value = ""] = /^([^=]*)=(.*)$/s.exec(tag) ?? [];
    list.push({ path: ["tags", key], value });
  }
  return [...list, ...(options.set ?? []).map(parseAssignment)];
}

/** Applies options to specs; several seeds make a run for each. */
export function applyOptions(specs: readonly Spec[], options: SpecOptions): Spec[] {
  const assignments = assignmentsOf(options);
  const seeds = options.seed ?? [];
  return specs.flatMap((spec) => {
    const changed = assign(spec, assignments);
    return seeds.length === 0 ? [changed] : seeds.map((seed) => ({ ...changed, seed }));
  });
}

/** The runs of a document: one spec, a list of specs, or `{ study, runs }`. Throws a UsageError for anything else. */
export function specsOf(document: unknown, name: string): { study?: string; specs: Spec[] } {
  const isSpec = (value: unknown): value is Spec =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const wrong = (what: string): UsageError =>
    new UsageError(`${name}: ${what}.`, "It must hold one spec, a list of specs, or { study, runs: [specs] }.");
  const whole =
    isSpec(document) && "runs" in document ? document : { runs: Array.isArray(document) ? document : [document] };
  const { study, runs, ...rest } = whole as { study?: unknown; runs: unknown };
  if (Object.keys(rest).length > 0) throw wrong(`beside study and runs stands ${Object.keys(rest).join(", ")}`);
  if (!Array.isArray(runs) || runs.length === 0) throw wrong("there are no runs in it");
  const odd = runs.findIndex((spec) => !isSpec(spec));
  if (odd >= 0) throw wrong(`run ${odd + 1} is ${JSON.stringify(runs[odd])}`);
  if (study !== undefined && typeof study !== "string") throw wrong(`study is ${JSON.stringify(study)}`);
  return { ...(study === undefined ? {} : { study }), specs: runs as Spec[] };
}
