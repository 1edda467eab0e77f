import { softmaxCrossEntropy } from "../engine/layers/losses.ts";
import { mlp, mlpGroups } from "../engine/mlp.ts";
import { networkProblem, rowsOf } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { dataOf, type Files } from "./data.ts";
import { optimizer } from "./optimizer.ts";

/** Softmax regression on handwritten digits. */
export function softmaxDigits(files: Files): Problem[] {
  const { train, validation } = dataOf({ kind: "digits" }, files);
  return [
    networkProblem(
      {
        id: "softmax-digits",
        family: "softmax-digits",
        title: "Softmax regression on digits",
        domain: "vision",
        steps: 500,
        optimizer: optimizer("sgd"),
        groups: mlpGroups({ hidden: [] }),
        resolution: 1e-3,
      },
      {
        train: rowsOf(train),
        validation: rowsOf(validation),
        batchSize: 32,
        loss: softmaxCrossEntropy,
        build: mlp({ inputs: 64, hidden: [], outputs: 10, activation: "relu", start: "zero" }),
      },
    ),
  ];
}
