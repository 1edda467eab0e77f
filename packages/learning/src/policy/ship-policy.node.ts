/**
 * Trains a default policy and writes it where the product ships it: the weights into the catalogue, the whole artifact
 * with the critic and its record into this package's data.
 *
 *   node --conditions=source --import tsx packages/learning/src/policy/ship-policy.node.ts deep | nmf
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { policyFamilies, PolicyWeights } from "@etude/catalog";
import { PolicyConfig } from "@etude/contracts";
import { trainPolicy } from "./train-policy.ts";

const [family] = process.argv.slice(2);
const known = policyFamilies.find((name) => name === family);
if (!known) {
  console.error(`Which family? ${policyFamilies.join(" or ")}`);
  process.exit(2);
}
/** What fits three minutes on two cores; the policies of factorisations learn all that they will in fewer rounds. */
const iterations = { deep: 120, nmf: 60 }[known];
const policy = await trainPolicy(PolicyConfig.parse({ family: known, iterations }), {
  command: `node --conditions=source --import tsx packages/learning/src/policy/ship-policy.node.ts ${known}`,
  report({ iteration, return: earned, divergenceRate, trueImprovement, heldOutDivergenceRate, seconds }) {
    if (trueImprovement === undefined) return;
    const numbers = { earned, divergenceRate, trueImprovement, heldOutDivergenceRate };
    const shown = Object.entries(numbers).map(([name, value]) => `${name} ${value?.toFixed(3)}`);
    console.log(`${iteration + 1}: ${shown.join(", ")}, ${seconds.toFixed(0)} s`);
  },
});
const repository = new URL("../../../../", import.meta.url);
const data = fileURLToPath(new URL("packages/learning/data/policies/", repository));
mkdirSync(data, { recursive: true });
writeFileSync(`${data}default-${known}.json`, `${JSON.stringify(policy)}\n`);
const name = known === "deep" ? "defaultDeep" : "defaultNmf";
writeFileSync(
  fileURLToPath(new URL(`packages/catalog/src/policies/default-${known}.gen.ts`, repository)),
  [
    `// Made by ship-policy.node.ts ${known}.`,
    'import type { PolicyWeights } from "../policy.ts";',
    "",
    `export const ${name}: PolicyWeights = ${JSON.stringify(PolicyWeights.parse(policy))};`,
    "",
  ].join("\n"),
);
