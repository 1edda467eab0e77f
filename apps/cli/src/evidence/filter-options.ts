import { evidenceSources, type EvidenceFilter } from "@etude/contracts";
import { type Command, InvalidArgumentError, Option } from "commander";
import { number } from "../specs/spec-options.ts";

/** The options that say which evidence. */
export interface FilterOptions {
  readonly task?: string;
  readonly like?: string;
  readonly nearest: number;
  readonly family?: string;
  readonly dataset?: string;
  readonly model?: string;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly label?: string;
  readonly engine?: string;
  readonly source?: EvidenceFilter["source"];
  readonly study?: string;
  readonly role?: EvidenceFilter["role"];
  readonly seeds?: EvidenceFilter["seeds"];
}

function seedRange(text: string): NonNullable<EvidenceFilter["seeds"]> {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) throw new InvalidArgumentError("It must be like 1-20.");
  return { from: Number(from), to: Number(to) };
}

/** Adds the options of a filter to a command. */
export const addFilterOptions = (command: Command): Command =>
  command
    .option("--task <id or hash>", "of one task")
    .option("--like <id or hash>", "of the tasks nearest to this one")
    .option("--nearest <n>", "how many tasks --like takes", number, 5)
    .option("--family <name>", "of a family of tasks")
    .option("--dataset <kind>", "on a dataset")
    .option("--model <kind>", "of a model")
    .option("--optimizer <kind>", "with an optimizer")
    .option("--schedule <kind>", "under a kind of schedule")
    .option("--label <name>", "under what its writer calls the schedule")
    .option("--engine <name>", "computed by")
    .addOption(new Option("--source <name>", "where it comes from").choices(evidenceSources))
    .option("--study <id>", "of a study")
    .addOption(
      new Option("--role <name>", "of seeds that choose rates, or that judge").choices(["tuning", "evaluation"]),
    )
    .option("--seeds <from-to>", "of a group of seeds", seedRange);

/** The filter that the options mean. */
export function filterOf({ like, nearest, ...options }: FilterOptions): EvidenceFilter {
  const { task, family, dataset, model, optimizer, schedule, label, engine, source, study, role, seeds } = options;
  const plain = { task, family, dataset, model, optimizer, schedule, label, engine, source, study, role, seeds };
  return { ...plain, ...(like !== undefined && { similarTo: { task: like, tasks: nearest } }) };
}
