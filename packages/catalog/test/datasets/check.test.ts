import { checkData, type Data, type Examples } from "@etude/catalog";
import { expect, test } from "vitest";

const part = (inputs: number[], targets: number[], count = 2): Examples => ({
  count,
  inputs: Float32Array.from(inputs),
  targets: Float32Array.from(targets),
});
const good = part([1, 2, 3, 4], [0, 1]);
const data = (changes: Partial<Data>): Data => ({
  task: "classification",
  shape: [2],
  outputs: 2,
  train: good,
  validation: good,
  ...changes,
});

test.each<[string, Partial<Data>]>([
  [
    "row 1, input 0 of the training part is NaN, must be a finite number",
    { train: part([1, 2, Number.NaN, 4], [0, 1]) },
  ],
  ["row 0, input 1 of the validation part is Infinity", { validation: part([1, Infinity, 3, 4], [0, 1]) }],
  [
    "row 1, target 0 of the training part is 2, must be a whole number from 0 to 1",
    { train: part([1, 2, 3, 4], [0, 2]) },
  ],
  ["row 0, target 0 of the validation part is 0.5", { validation: part([1, 2, 3, 4], [0.5, 1]) }],
  [
    "row 1, target 0 of the training part is NaN, must be a finite",
    { task: "regression", outputs: 1, train: part([1, 2, 3, 4], [0, Number.NaN]) },
  ],
  ["class 2 of 3 has no training example", { outputs: 3 }],
  ["the training part has 3 values as inputs, expected 4: 2 examples of 2", { train: part([1, 2, 3], [0, 1]) }],
  ["the validation part has 3 values as targets, expected 2", { validation: part([1, 2, 3, 4], [0, 1, 1]) }],
  ["the validation part has no example", { validation: part([], [], 0) }],
  [
    "row 1, input 1 of the training part is 4, must be a whole number from 0 to 3",
    { task: "text-classification", vocabulary: 4 },
  ],
])("%s", (message, changes) => {
  expect(() => checkData(data(changes))).toThrow(message);
});

test("sound data passes", () => {
  checkData(data({}));
  checkData(
    data({
      task: "next-token",
      vocabulary: 5,
      outputs: 5,
      train: part([1, 2, 3, 4], [2, 3, 4, 0]),
      validation: part([1, 2, 3, 4], [2, 3, 4, 0]),
    }),
  );
});
