import { readFileSync } from "node:fs";
import { type Data, DatasetSpec, datasetOf } from "@etude/catalog";
import { expect, test } from "vitest";

const read = (name: string): Buffer => readFileSync(new URL(`../../data/${name}`, import.meta.url));
const load = (input: object): Data => {
  const spec = DatasetSpec.parse(input);
  const dataset = datasetOf(spec);
  return dataset.load(spec, new Map(dataset.files.map((name) => [name, read(name)]))) as Data;
};
const file = read("speeches.u16");
const { words } = JSON.parse(file.toString("utf8").split("\n", 1)[0]!) as { words: string[] };

test("speeches hold the words that were said, the era is the class, and speeches are not divided", () => {
  const all = load({ kind: "speeches", vocabulary: 6002 });
  const text = (part: Data["train"], row: number): string =>
    [...part.inputs.subarray(48 * row, 48 * row + 48)].map((token) => words[token - 2] ?? "?").join(" ");
  const rows = [all.train, all.validation].flatMap((part) =>
    Array.from({ length: part.count }, (_, row) => ({ part, row, text: text(part, row) })),
  );
  const first = rows.find((entry) =>
    entry.text.startsWith("fellow citizens of the senate and house of representatives in meeting you again"),
  )!;
  expect(first.part.targets[first.row]).toBe(0);
  // All 20 passages of this speech are in the same part, one after the other, as they lie in the file.
  const start = file.indexOf(0x0a) + 1;
  const spoken = Array.from({ length: 20 * 48 }, (_, i) => words[file.readUInt16LE(start + 2 * i) - 2] ?? "?");
  const found = Array.from({ length: 20 }, (_, passage) => text(first.part, first.row + passage));
  expect(found.join(" ")).toBe(spoken.join(" "));
  expect(rows.length).toBe(4657);
  const share = all.validation.count / rows.length;
  expect(share).toBeGreaterThan(0.17);
  expect(share).toBeLessThan(0.24);
  for (const [era, word] of [
    [0, "commerce"],
    [3, "americans"],
  ] as const) {
    const counts = [0, 0, 0, 0];
    for (const entry of rows) if (entry.text.includes(word)) counts[entry.part.targets[entry.row]!]!++;
    expect(counts.indexOf(Math.max(...counts))).toBe(era);
  }
});

test("a smaller vocabulary makes the rarer words unknown", () => {
  const { train, vocabulary } = load({ kind: "speeches", vocabulary: 100, length: 8 });
  expect(vocabulary).toBe(100);
  expect(Math.max(...train.inputs)).toBe(99);
  expect(train.inputs.filter((token) => token === 1).length / train.inputs.length).toBeGreaterThan(0.2);
});

test("the book's targets are its inputs one character later, up to the last one of a window", () => {
  const text = read("moby-dick-1-48.txt").toString("latin1");
  const alphabet = [...new Set(text)].sort();
  const { train, validation } = load({ kind: "moby-dick", length: 16, characters: 8000 });
  const spell = (tokens: Float32Array): string => [...tokens].map((token) => alphabet[token]).join("");
  expect(spell(train.inputs)).toBe(text.slice(0, 16 * train.count));
  expect(spell(train.targets)).toBe(text.slice(1, 16 * train.count + 1));
  // What is held back begins where the training text ends.
  expect(spell(validation.inputs)).toBe(text.slice(6400, 6400 + 16 * validation.count));
  expect(() => load({ kind: "moby-dick", length: 512, characters: 5000, validationFraction: 0.01 })).toThrow(
    "leaves no window of 512",
  );
});

test("word counts of speeches are logarithms of whole numbers", () => {
  const { train } = load({ kind: "speech-words", words: 50, speeches: 20 });
  expect([train.count, train.inputs.length]).toEqual([20, 1000]);
  for (const value of train.inputs) expect(Math.expm1(value)).toBeCloseTo(Math.round(Math.expm1(value)), 4);
  expect(Math.max(...train.inputs)).toBeGreaterThan(1);
});
