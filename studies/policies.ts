/**
 * Learned policies against what they claim to beat, on the array engine: deep ones zero-shot on vision and text tasks at
 * starting rates from a hundredth to ten times the tuned cosine's, those of factorisations against tuned fixed schedules
 * under the same bound.
 *
 *   npm run study -- policies
 *
 * Writes docs/studies/policies.{md,json}. Needs no server.
 */
import { nmfHeldOut, suite } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import { readShippedPolicies } from "@etude/learning/policies";
import { compareDeep, deepTasks } from "./lib/policies-deep.ts";
import { compareFactorisations } from "./lib/policies-nmf.ts";
import { deepTables, factorisationTable } from "./lib/policies-tables.ts";
import type { Report } from "./lib/run-all.ts";

/** Runs the study and returns its files by name. */
export async function run(): Promise<Report> {
  const started = performance.now();
  const files = await readSuiteFiles();
  const shipped = await readShippedPolicies();
  const [deepPolicy, nmfPolicy] = [shipped.get("default-deep")!, shipped.get("default-nmf")!];
  const deep = deepTasks(suite(files)).map((problem) => {
    const compared = compareDeep(problem);
    console.log(`${problem.id}: ${compared.seconds.toFixed(0)} s`);
    return compared;
  });
  const factorisations = nmfHeldOut(files).map((problem) => {
    const compared = compareFactorisations(problem);
    console.log(`${problem.id}: ${compared.seconds.toFixed(0)} s`);
    return compared;
  });
  const seconds = (performance.now() - started) / 1000;
  const cost = (policy: typeof deepPolicy): string =>
    `${policy.trainedWith.updates.toLocaleString("en")} updates of small problems in ${policy.trainedWith.seconds.toFixed(0)} s (\`${policy.trainedWith.command}\`)`;
  const markdown = [
    "# Learned policies against fixed and adaptive schedules",
    "",
    `Made by \`npm run study -- policies\` in ${Math.round(seconds / 60)} minutes. Every number is from ${deepPolicy.trainedWith.engine}, whose sgd, momentum and adam are held to the trainer's update by update. The policies are those that ship: default-deep saw ${cost(deepPolicy)}; default-nmf saw ${cost(nmfPolicy)}. Neither saw any task below; the shape of their training problems was chosen while looking at these tasks, so the tasks judge the weights, not the formulation.`,
    "",
    ...deepTables(deep),
    ...factorisationTable(factorisations),
  ].join("\n");
  const json = JSON.stringify({ deep, factorisations, seconds }, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return { "policies.md": `${markdown}\n`, "policies.json": `${json}\n` };
}
