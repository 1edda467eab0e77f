/** Trains the specs of the JSON file named first on the backend named second; prints a hash of each run's history. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type BackendName, TrainingSpec } from "@etude/contracts";
import { trainHere } from "./in-process.ts";

const [file, backend] = process.argv.slice(2);
const hashes: string[] = [];
for (const each of JSON.parse(readFileSync(file!, "utf8")) as unknown[]) {
  const { history } = await trainHere(TrainingSpec.parse(each), { backend: backend as BackendName });
  // Seconds differ by nature.
  history.delete("elapsed-seconds");
  const hash = createHash("sha256");
  for (const [key, { steps, values }] of history)
    hash.update(`${key}\n`).update(Float64Array.from([...steps, ...values]));
  hashes.push(hash.digest("hex"));
}
console.log(JSON.stringify(hashes));
