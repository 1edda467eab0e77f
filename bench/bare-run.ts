/** A plain script that trains a spec in a bare loop and prints its steps per second; bench/tracking.ts starts it. */
import { TrainingSpec } from "@etude/contracts";
import { chooseBackend } from "../workers/trainer/src/backends/choose.ts";
import { loadData } from "../workers/trainer/src/training/data.ts";
import { prepare } from "../workers/trainer/src/training/prepare.ts";
import { bareSteps } from "./bare-loop.ts";

const spec = TrainingSpec.parse(JSON.parse(process.argv[2] as string));
const steps = "steps" in spec.budget ? spec.budget.steps : 0;
const { started } = await chooseBackend("wasm", []);
const prepared = await prepare({
  tf: started.tf,
  readsAtOnce: true,
  spec,
  data: await loadData(spec.dataset),
  curves: {},
  breathe: async () => {},
});
const optimizer = started.tf.train.sgd(0.05);
const begin = performance.now();
await bareSteps(prepared, optimizer, steps);
console.log((1000 * steps) / (performance.now() - begin));
