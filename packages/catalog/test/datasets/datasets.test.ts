import { readFileSync } from "node:fs";
import { type Dataset, DatasetSpec, type Data, datasetOf, datasets } from "@etude/catalog";
import { describe, expect, test } from "vitest";

const load = (input: unknown): Data => {
  const spec = DatasetSpec.parse(input);
  const dataset = datasetOf(spec);
  const read = (name: string): Uint8Array => readFileSync(new URL(`../../data/${name}`, import.meta.url));
  return dataset.load(spec, new Map(dataset.files.map((name) => [name, read(name)]))) as Data;
};

/** Those whose files are here; the others have tests of their own. */
const shipped = datasets.filter((dataset) => dataset.package === undefined && dataset.uploads === undefined);

describe.each(shipped.map((dataset): [string, Dataset] => [dataset.kind, dataset]))("%s", (_, dataset) => {
  const data = load(dataset.example);

  test("has finite values in the shapes that it declares", () => {
    const width = data.shape.reduce((a, b) => a * b, 1);
    for (const part of [data.train, data.validation]) {
      expect(part.count).toBeGreaterThan(0);
      expect(part.inputs.length).toBe(part.count * width);
      const targetWidth = {
        classification: 1,
        "text-classification": 1,
        "next-token": width,
        regression: data.outputs,
        factorisation: width,
        minimisation: width,
      }[data.task];
      expect(part.targets.length).toBe(part.count * targetWidth);
      expect(part.inputs.every(Number.isFinite)).toBe(true);
      if (data.vocabulary !== undefined) {
        expect(part.inputs.every((token) => Number.isInteger(token) && token >= 0 && token < data.vocabulary!)).toBe(
          true,
        );
      }
      if (data.task === "classification" || data.task === "text-classification") {
        expect(new Set(part.targets)).toEqual(new Set(Array.from({ length: data.outputs }, (_, k) => k)));
      }
    }
  });

  test("is the same each time, and says where it comes from", () => {
    expect(load(dataset.example)).toEqual(data);
    for (const text of [dataset.doc.title, dataset.doc.summary, dataset.doc.source, dataset.doc.licence]) {
      expect(text.length).toBeGreaterThan(3);
    }
  });

  test("refuses a damaged file by its name", () => {
    for (const name of dataset.files) {
      const files = new Map([[name, new Uint8Array(7)]]);
      expect(() => dataset.load(DatasetSpec.parse(dataset.example), files)).toThrow(name);
    }
  });
});

test("the split keeps each class's share, follows its seed and loses no row", () => {
  const count = (values: Float32Array): number[] => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const value of values) counts[value]!++;
    return counts;
  };
  const data = load({ kind: "digits", validationFraction: 0.25 });
  const [train, held] = [count(data.train.targets), count(data.validation.targets)];
  train.forEach((inTrain, k) => expect(held[k]! / (held[k]! + inTrain)).toBeCloseTo(0.25, 2));
  expect(data.train.count + data.validation.count).toBe(1797);
  const other = load({ kind: "digits", validationFraction: 0.25, splitSeed: 1 });
  expect(other.validation.inputs).not.toEqual(data.validation.inputs);
});

test("standardised inputs have mean 0 and deviation 1 over the training part", () => {
  const { train } = load({ kind: "breast-cancer" });
  for (let column = 0; column < 30; column++) {
    const values = Array.from({ length: train.count }, (_, row) => train.inputs[row * 30 + column]!);
    const mean = values.reduce((a, b) => a + b, 0) / train.count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / train.count;
    expect(mean).toBeCloseTo(0, 4);
    expect(variance).toBeCloseTo(1, 4);
  }
});

test("a low-rank matrix has the rank that it names", () => {
  const { train } = load({ kind: "low-rank", rows: 8, columns: 6, rank: 2 });
  const rows = Array.from({ length: 8 }, (_, i) => Array.from(train.inputs.subarray(6 * i, 6 * i + 6)));
  // Gaussian elimination: after two pivots nothing is left but rounding.
  for (let pivot = 0; pivot < 2; pivot++) {
    const top = rows[pivot]!;
    const sizes = top.map(Math.abs);
    const lead = sizes.indexOf(Math.max(...sizes));
    for (const row of rows.slice(pivot + 1)) {
      const factor = row[lead]! / top[lead]!;
      row.forEach((value, k) => (row[k] = value - factor * top[k]!));
    }
  }
  for (const row of rows.slice(2)) for (const value of row) expect(Math.abs(value)).toBeLessThan(1e-5);
});
