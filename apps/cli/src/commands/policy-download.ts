import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Register } from "../program.ts";

const examples = `
Examples:
  etude policy download default-deep
  etude policy download ID --output mine.json
  etude policy download ID --output - | jq .trainedWith`;

export const policyDownloadCommand: Register = (program, context) => {
  program
    .command("download")
    .description("Save a trained policy as JSON.")
    .argument("<policy>", "id, default-deep or default-nmf")
    .option("-o, --output <file>", "where to; - for stdout (default: policy-ID.json)")
    .addHelpText("after", examples)
    .action(async (policyId: string, { output }: { output?: string }, command) => {
      const { io, json, print, printJson, connect } = context(command);
      const { client } = await connect();
      const weights = await client.getPolicyWeights({ policyId, signal: io.interrupt });
      if (output === "-") return print(JSON.stringify(weights));
      const file = resolve(io.cwd, output ?? `policy-${policyId}.json`);
      await writeFile(file, `${JSON.stringify(weights)}\n`);
      if (json) printJson({ file });
      else print(file);
    });
};
