import { type Metric, metrics } from "@etude/catalog";
import { expect, test } from "vitest";

const metric = (kind: string): Metric => metrics.find((entry) => entry.kind === kind)!;

test("accuracy counts examples whose largest output is their class, or every place of a text", () => {
  const outputs = [0.1, 0.9, 0.8, 0.2, 0.5, 0.5];
  expect(metric("accuracy").compute(outputs, [1, 1, 0], 3)).toBeCloseTo(2 / 3, 12);
  // The same six numbers as one text of three places.
  expect(metric("accuracy").compute(outputs, [1, 1, 0], 1)).toBeCloseTo(2 / 3, 12);
});

test("mean absolute error averages over examples and values", () => {
  expect(metric("mean-absolute-error").compute([1, 2, 3, 4], [1, 0, 6, 4], 2)).toBeCloseTo(5 / 4, 12);
});

test("of classes that are rare, balanced accuracy and F1 make as much as of frequent ones", () => {
  // Says 0 0 0 1; there are 0 0 1 1, in three classes of which one never occurs.
  const outputs = [2, 1, 0, 2, 1, 0, 2, 1, 0, 1, 2, 0];
  const targets = [0, 0, 1, 1];
  expect(metric("balanced-accuracy").compute(outputs, targets, 4)).toBeCloseTo((1 + 0.5) / 2, 12);
  expect(metric("macro-f1").compute(outputs, targets, 4)).toBeCloseTo((4 / 5 + 2 / 3) / 2, 12);
});

test("top-5 accuracy asks whether the right class is among the five largest outputs", () => {
  const outputs = [7, 6, 5, 4, 3, 2, 1];
  expect(metric("top-5-accuracy").compute([...outputs, ...outputs], [4, 5], 2)).toBe(0.5);
});

test("root mean squared error and R² by hand", () => {
  const [outputs, targets] = [
    [1, 2, 4],
    [1, 3, 5],
  ];
  expect(metric("root-mean-squared-error").compute(outputs, targets, 3)).toBeCloseTo(Math.sqrt(2 / 3), 12);
  expect(metric("r-squared").compute(outputs, targets, 3)).toBeCloseTo(1 - 2 / 8, 12);
  expect(metric("r-squared").compute([1, 2], [3, 3], 2)).toBeNaN();
});
