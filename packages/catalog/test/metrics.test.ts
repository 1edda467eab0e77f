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
