/** Small networks at random that can learn their data by heart, as large ones do, or nearly so. */
import { OptimizerSpec, type Random } from "@etude/catalog";
import { softmaxCrossEntropy } from "../engine/layers/losses.ts";
import { mlp, mlpGroups } from "../engine/mlp.ts";
import { networkProblem, type Rows } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { blobs, teacherTable } from "../suite/synthetic.ts";

const whole = (random: Random, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * random.uniform());
const oneOf = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random.uniform() * values.length)]!;

/** Makes the inputs words that are there or not: a value above the threshold counts as one. */
function asWords({ count, inputs, targets }: Rows): Rows {
  return { count, inputs: inputs.map((value) => (value > 1 ? 1 : 0)), targets };
}

/** Returns a random problem of a few hundred to a thousand weights on few rows; the optimizer is the caller's to change. */
export function smallNetwork(random: Random): Problem {
  const seed = random.uint32();
  const [rows, inputs] = [whole(random, 96, 256), whole(random, 8, 24)];
  const classes = random.uniform() < 0.7 ? whole(random, 2, 6) : whole(random, 8, 20);
  const labelNoise = oneOf(random, [0, 0, 0, 0, 0.1]);
  const table =
    random.uniform() < 0.5
      ? teacherTable({ rows, inputs, classes, labelNoise, seed })
      : blobs({ rows, inputs, classes, separation: 10 ** (-0.5 + 0.6 * random.uniform()), labelNoise, seed });
  const hidden = oneOf(random, [[16], [24], [32], [16, 16], [12, 12, 12]]);
  return networkProblem(
    {
      id: `small-network-${seed}`,
      family: "small-network",
      title: "Random small network",
      domain: "tabular",
      steps: 200,
      resolution: 1e-3,
      optimizer: OptimizerSpec.parse({ kind: "sgd" }),
      groups: mlpGroups({ hidden }),
    },
    {
      train: random.uniform() < 0.3 ? asWords(table) : table,
      batchSize: oneOf(random, [8, 8, 16]),
      loss: softmaxCrossEntropy,
      build: mlp({ inputs, hidden, outputs: classes, activation: oneOf(random, ["relu", "relu", "tanh"]) }),
    },
  );
}
