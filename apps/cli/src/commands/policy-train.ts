import type { PolicyConfigInput } from "@etude/contracts";
import type { Register } from "../program.ts";
import { number } from "../specs/spec-options.ts";

interface Options {
  readonly family: PolicyConfigInput["family"];
  readonly name?: string;
  readonly iterations?: number;
  readonly environments?: number;
  readonly decisions?: number;
  readonly seed?: number;
  readonly stored?: number;
  readonly analytic?: number;
  readonly init?: string;
  readonly imitate: boolean;
  readonly pool?: string;
}

const examples = `
Examples:
  etude policy train --family deep
  etude policy train --family deep --init default-deep --stored 1 --iterations 50
  etude policy train --family nmf --seed 3 --name "mine, seed 3" && etude watch latest`;

export const policyTrainCommand: Register = (program, context) => {
  program
    .command("train")
    .description("Queue the training of a policy.")
    .requiredOption("--family <name>", "deep: networks and analytic problems; nmf: factorisations")
    .option("--name <text>", "shown in lists")
    .option("--iterations <n>", "rounds of experience and learning (default 150)", number)
    .option("--environments <n>", "runs in one round (default 128)", number)
    .option("--decisions <n>", "changes of the rate in a run (default 40)", number)
    .option("--seed <n>", "the same seed gives the same policy", number)
    .option("--analytic <weight>", "weight of generated problems (default 1)", number)
    .option("--stored <weight>", "weight of tasks that finished runs left evidence of (default 0)", number)
    .option("--init <policy>", "go on from this policy")
    .option("--imitate", "start by imitating the best recorded rates of stored tasks", false)
    .option("--pool <name>", "which workers may take it")
    .addHelpText("after", examples)
    .action(async ({ name, pool, stored, analytic, ...config }: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const problems = { analytic, stored };
      const policy = await client.createPolicy({
        body: { config: { ...config, problems }, name, pool },
        signal: io.interrupt,
      });
      if (json) return printJson(policy);
      print(`${policy.id}  ${policy.name}  ${policy.status}`);
      print(style.dim(`Follow it: etude watch ${policy.id}`));
    });
};
