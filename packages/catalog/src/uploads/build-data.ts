/** From a table and the way it is to be used to a dataset. */
import type { Data, Examples } from "../dataset.ts";
import { noisyLabels } from "../datasets/_label-noise.ts";
import { splitExamples } from "../datasets/_split.ts";
import { filledWithMeans, standardised, standardTargets } from "../datasets/_table.ts";
import { describeTable } from "./describe.ts";
import { completeRows, inputsOf, isBytes, labelsOf } from "./encode.ts";
import { planUpload, type UploadPlan, type UploadUse } from "./plan.ts";
import { type Column, sizeOf, type Table } from "./table.ts";
import { tokenCount, tokensOf, vocabularyOf } from "./tokens.ts";

export interface UploadSettings extends UploadUse {
  readonly standardise: boolean;
  readonly vocabulary: number;
  readonly validationFraction: number;
  readonly splitSeed: number;
  readonly labelNoise: number;
}

type Parts = { readonly train: Examples; readonly validation: Examples };

/** Returns the data; `labels` is the table of the upload that holds the target, when it is another one. Throws UploadUseError. */
export function buildData(use: UploadSettings, table: Table, labels?: Table): Data {
  const plan = planUpload(use, describeTable(table), labels && describeTable(labels));
  const columnOf = (from: Table, name: string): Column => from.columns.find((column) => column.name === name)!;
  const features = plan.features.map(({ name }) => columnOf(table, name));
  const target = plan.target && columnOf(labels ?? table, plan.target.name);
  const needed = use.missing === "mean" ? (target ? [target] : []) : target ? [...features, target] : features;
  const rows = completeRows(needed, table.rows);
  if (rows.length < 2) throw new Error(`only ${rows.length} of ${table.rows} rows have all values; give at least two`);
  if (plan.task === "text-classification") return texts(use, plan, features[0]!, target!, rows);
  const inputs = inputsOf(features, rows);
  const shape = plan.shape;
  if (!target) return matrix(inputs, shape, rows.length);
  const { targets, outputs } =
    plan.task === "classification"
      ? labelsOf(target, rows, use.classes)
      : { targets: inputsOf([target], rows), outputs: sizeOf(plan.target!.shape) };
  const all = { count: rows.length, inputs, targets };
  const split = splitExamples(all, use.validationFraction, use.splitSeed, plan.task === "classification");
  const scaled = scaledInputs(use, plan, split);
  if (plan.task === "regression") {
    return { task: "regression", shape, outputs, ...(use.standardise ? standardTargets(scaled) : scaled) };
  }
  return { task: "classification", shape, outputs, ...noisy(use, scaled, outputs) };
}

const noisy = ({ labelNoise, splitSeed }: UploadSettings, parts: Parts, classes: number): Parts => ({
  ...parts,
  train: noisyLabels(parts.train, classes, labelNoise, splitSeed),
});

/** Images of bytes are scaled to 0 … 1; tables are standardised if wanted. */
function scaledInputs({ standardise }: UploadSettings, { features, shape }: UploadPlan, parts: Parts): Parts {
  const filled = filledWithMeans(parts);
  if (shape.length === 1) return standardise ? standardised(filled) : filled;
  if (!isBytes(features[0]!)) return filled;
  const scale = (part: Examples): Examples => ({ ...part, inputs: part.inputs.map((value) => value / 255) });
  return { train: scale(filled.train), validation: scale(filled.validation) };
}

function matrix(inputs: Float32Array, shape: readonly number[], count: number): Data {
  const whole = { count, inputs, targets: inputs };
  const all = filledWithMeans({ train: whole, validation: whole }).train;
  const examples = { ...all, targets: all.inputs };
  return { task: "factorisation", shape, outputs: shape[0]!, train: examples, validation: examples };
}

/** The vocabulary is that of the training part alone. */
function texts(use: UploadSettings, plan: UploadPlan, feature: Column, target: Column, rows: readonly number[]): Data {
  const { targets, outputs } = labelsOf(target, rows, use.classes);
  const numbered = { count: rows.length, inputs: Float32Array.from(rows.keys()), targets };
  const split = splitExamples(numbered, use.validationFraction, use.splitSeed, true);
  const textsOf = (part: Examples): string[] => Array.from(part.inputs, (i) => String(feature.values[rows[i]!]));
  const vocabulary = vocabularyOf(textsOf(split.train), use.vocabulary);
  const tokens = (part: Examples): Examples => ({
    ...part,
    inputs: tokensOf(textsOf(part), vocabulary, use.length),
  });
  const parts = noisy(use, { train: tokens(split.train), validation: tokens(split.validation) }, outputs);
  return { task: "text-classification", shape: plan.shape, outputs, vocabulary: tokenCount(vocabulary), ...parts };
}
