import { logisticLoss, meanSquaredError } from "../engine/layers/losses.ts";
import { mlp, mlpGroups } from "../engine/mlp.ts";
import { networkProblem } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { type Files, partsOf } from "./data.ts";
import { optimizer } from "./optimizer.ts";
import { rowsBetween, sparseTable } from "./synthetic.ts";

const linear = (inputs: number) => mlp({ inputs, hidden: [], outputs: 1, activation: "relu", start: "zero" });
const groups = mlpGroups({ hidden: [] });

/** Linear regression on diabetes. */
export const linearDiabetes = (files: Files): Problem =>
  networkProblem(
    {
      id: "linear-diabetes",
      family: "linear-diabetes",
      title: "Linear regression on diabetes",
      domain: "tabular",
      steps: 400,
      optimizer: optimizer("sgd"),
      groups,
      resolution: 1e-3,
    },
    { ...partsOf({ kind: "diabetes" }, files), batchSize: 16, loss: meanSquaredError, build: linear(10) },
  );

/** Logistic regression on breast cancer. */
export const logisticBreastCancer = (files: Files): Problem =>
  networkProblem(
    {
      id: "logistic-breast-cancer",
      family: "logistic-breast-cancer",
      title: "Logistic regression on breast cancer",
      domain: "tabular",
      steps: 500,
      optimizer: optimizer("sgd"),
      groups,
      resolution: 1e-3,
    },
    { ...partsOf({ kind: "breast-cancer" }, files), batchSize: 32, loss: logisticLoss, build: linear(30) },
  );

/** Logistic regression on sparse binary features, generated with the shape of the a9a census table. */
export const logisticSparse = (): Problem => {
  const table = sparseTable({ rows: 2500, seed: 0 });
  const [train, validation] = [rowsBetween(table, 0, 2000), rowsBetween(table, 2000, 2500)];
  return networkProblem(
    {
      id: "logistic-sparse",
      family: "logistic-sparse",
      title: "Logistic regression on sparse binary features",
      domain: "tabular",
      steps: 1000,
      optimizer: optimizer("sgd"),
      groups,
      resolution: 1e-3,
    },
    { train, validation, batchSize: 32, loss: logisticLoss, build: linear(table.inputs.length / table.count) },
  );
};
