import type { Policy } from "@etude/contracts";
import { formatAgo, formatCount, formatNumber } from "../format/numbers.ts";
import { type Column, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { number } from "../specs/spec-options.ts";
import { policyDownloadCommand } from "./policy-download.ts";
import { policyTrainCommand } from "./policy-train.ts";

const examples = `
Examples:
  etude policy train --family deep --name mine
  etude policy list
  etude submit --schedule learned --rate 0.1 --set schedule.policy=ID

default-deep and default-nmf ship with Etude.`;

export const policyCommand: Register = (program, context) => {
  const policy = program
    .command("policy")
    .summary("learned policies: train, compare, download")
    .description("Small networks that move the learning rate, trained by reinforcement learning.")
    .addHelpText("after", examples);
  policyTrainCommand(policy, context);
  policy
    .command("list")
    .description("Compare policies on the same held-out problems.")
    .option("--family <name>", "deep or nmf")
    .option("-n, --limit <n>", "policies of a family, at most 200", number, 50)
    .addHelpText("after", "\nExample:\n  etude policy list --family deep")
    .action(async ({ family, limit }: { family?: Policy["family"]; limit: number }, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const found = await client.listPolicies({ family, limit, signal: io.interrupt });
      if (json) printJson(found);
      else print(formatTable(columns, found.policies.map(rowOf), style));
    });
  policy
    .command("show")
    .description("Say how a policy was trained and what it chooses.")
    .argument("<policy>", "id, default-deep or default-nmf")
    .addHelpText("after", "\nExample:\n  etude policy show default-deep")
    .action(async (policyId: string, _, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const found = await client.getPolicy({ policyId, signal: io.interrupt });
      if (json) return printJson(found);
      print(formatTable(columns, [rowOf(found)], style));
      if (found.trained) {
        const { updates, seconds, storedTasks, command: made } = found.trained;
        print(`\n${formatCount(updates)} updates in ${formatNumber(seconds)} s, ${storedTasks} stored tasks`);
        print(style.dim(made));
      }
      const chosen = found.samples.map(({ problem, rate, loss }) => [
        problem,
        ...[rate[0], Math.max(...rate), rate.at(-1), loss[0], loss.at(-1)].map((value) => formatNumber(value ?? null)),
      ]);
      if (chosen.length > 0) print(`\n${formatTable(sampleColumns, chosen, style)}`);
    });
  policyDownloadCommand(policy, context);
};

const right = (title: string): Column => ({ title, align: "right" });
const columns: readonly Column[] = [
  { title: "POLICY" },
  { title: "NAME" },
  { title: "FAMILY" },
  right("VERSION"),
  { title: "STATUS" },
  right("IMPROVES"),
  right("CONSTANT"),
  right("DIVERGES"),
  { title: "CREATED" },
];
const sampleColumns: readonly Column[] = [
  { title: "PROBLEM" },
  ...["FIRST RATE", "HIGHEST", "LAST", "FIRST LOSS", "LAST LOSS"].map(right),
];

function rowOf({ id, name, family, version, status, trained, createdAt }: Policy): string[] {
  const held = trained?.heldOut;
  return [
    id,
    name,
    family,
    String(version),
    status,
    held ? `${formatNumber(held.trueImprovement)} nats` : "–",
    held ? `${formatNumber(held.constant)} nats` : "–",
    held ? `${formatNumber(100 * held.divergenceRate)} %` : "–",
    createdAt === null ? "shipped" : formatAgo(createdAt, Date.now()),
  ];
}
