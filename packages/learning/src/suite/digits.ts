import type { OptimizerSpec } from "@etude/catalog";
import { cnn, cnnGroups } from "../engine/cnn.ts";
import { meanSquaredError, softmaxCrossEntropy } from "../engine/layers/losses.ts";
import { mlp, mlpGroups } from "../engine/mlp.ts";
import { networkProblem } from "../engine/network.ts";
import type { Problem } from "../engine/problem.ts";
import { type Files, partsOf } from "./data.ts";
import { optimizer } from "./optimizer.ts";
import { noisyLabels } from "./synthetic.ts";

interface Perceptron {
  readonly id: string;
  readonly title: string;
  readonly family?: string;
  readonly hidden: readonly number[];
  readonly kind: OptimizerSpec["kind"];
  readonly steps: number;
  readonly labelNoise?: number;
}

function perceptron(
  files: Files,
  { id, title, family = "mlp-digits", hidden, kind, steps, labelNoise = 0 }: Perceptron,
): Problem {
  const { train, validation } = partsOf({ kind: "digits" }, files);
  return networkProblem(
    {
      id,
      family,
      title,
      domain: "vision",
      steps,
      optimizer: optimizer(kind),
      groups: mlpGroups({ hidden }),
      resolution: 1e-3,
    },
    {
      train: { ...train, targets: noisyLabels(train.targets, 10, labelNoise, 0) },
      validation,
      batchSize: 32,
      loss: softmaxCrossEntropy,
      build: mlp({
        inputs: 64,
        hidden,
        outputs: 10,
        activation: "relu",
        start: hidden.length === 0 ? "zero" : "random",
      }),
    },
  );
}

/** Softmax regression on digits. */
export const softmaxDigits = (files: Files): Problem =>
  perceptron(files, {
    id: "softmax-digits",
    title: "Softmax regression on digits",
    family: "softmax-digits",
    hidden: [],
    kind: "sgd",
    steps: 500,
  });

/** Perceptrons on digits: two optimizers, noisy labels, and a deep one without normalisation. */
export const mlpDigits = (files: Files): Problem[] => {
  const hidden = [32];
  const steps = 500;
  const variants: Perceptron[] = [
    { id: "mlp-digits-momentum", title: "MLP 64-32-10 on digits, momentum", hidden, kind: "momentum", steps },
    { id: "mlp-digits-adam", title: "MLP 64-32-10 on digits, Adam", hidden, kind: "adam", steps },
    {
      id: "mlp-digits-label-noise",
      title: "MLP 64-32-10 on digits with 20 % of the labels drawn at random, Adam",
      hidden,
      kind: "adam",
      steps,
      labelNoise: 0.2,
    },
    {
      id: "mlp-digits-deep",
      title: "MLP 64-64-64-64-10 on digits without normalisation",
      hidden: [64, 64, 64],
      kind: "sgd",
      steps: 800,
    },
  ];
  return variants.map((variant) => perceptron(files, variant));
};

/** The same perceptron at four widths, for claims about larger models. */
export const mlpDigitsWidths = (files: Files): Problem[] =>
  [16, 64, 256, 1024].map((width) =>
    perceptron(files, {
      id: `mlp-digits-width-${width}`,
      title: `MLP 64-${width}-10 on digits`,
      hidden: [width],
      kind: "sgd",
      steps: 300,
    }),
  );

/** A convolutional network on digits. */
export const cnnDigits = (files: Files): Problem =>
  networkProblem(
    {
      id: "cnn-digits",
      family: "cnn-digits",
      title: "CNN with 8 filters on digits, Adam",
      domain: "vision",
      steps: 600,
      optimizer: optimizer("adam"),
      groups: cnnGroups,
      resolution: 1e-3,
    },
    {
      ...partsOf({ kind: "digits" }, files),
      batchSize: 32,
      loss: softmaxCrossEntropy,
      build: cnn({ side: 8, filters: 8, outputs: 10 }),
    },
  );

/** Digits squeezed through eight numbers and drawn again. */
export const autoencoderDigits = (files: Files): Problem => {
  const { train, validation } = partsOf({ kind: "digits" }, files);
  const hidden = [32, 8, 32];
  return networkProblem(
    {
      id: "autoencoder-digits",
      family: "autoencoder-digits",
      title: "Autoencoder 64-32-8-32-64 on digits, momentum",
      domain: "vision",
      steps: 600,
      optimizer: optimizer("momentum"),
      groups: mlpGroups({ hidden }),
      resolution: 1e-4,
    },
    {
      train: { ...train, targets: train.inputs },
      validation: { ...validation, targets: validation.inputs },
      batchSize: 32,
      loss: meanSquaredError,
      build: mlp({ inputs: 64, hidden, outputs: 64, activation: "tanh" }),
    },
  );
};
