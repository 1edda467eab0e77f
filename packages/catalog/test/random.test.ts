import { permutation, randomStream } from "@etude/catalog";
import { expect, test } from "vitest";

const draw = (seed: number, purpose: string, step?: number): number[] => {
  const random = randomStream(seed, purpose, step);
  return Array.from({ length: 4 }, () => random.uniform());
};

test("a stream is a function of seed, purpose and step", () => {
  expect(draw(1, "order", 3)).toEqual(draw(1, "order", 3));
  const others = [draw(2, "order", 3), draw(1, "noise", 3), draw(1, "order", 4), draw(1, "order", 3 + 2 ** 32)];
  for (const other of others) expect(other).not.toEqual(draw(1, "order", 3));
});

test("uniform and normal numbers have the moments that they should", () => {
  const random = randomStream(5, "moments");
  const uniform = Array.from({ length: 20_000 }, () => random.uniform());
  const normal = Array.from({ length: 20_000 }, () => random.normal());
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(uniform)).toBeCloseTo(0.5, 1);
  expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(mean(normal))).toBeLessThan(0.03);
  expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(0.05);
  expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
});

test("neighbouring seeds and steps are not correlated", () => {
  const first = (seed: number, step: number): number => randomStream(seed, "dropout", step).uniform();
  const pairs = Array.from({ length: 4000 }, (_, i) => [first(i, 0), first(i + 1, 0), first(7, i), first(7, i + 1)]);
  const correlation = (a: number, b: number): number =>
    pairs.reduce((sum, pair) => sum + (pair[a]! - 0.5) * (pair[b]! - 0.5), 0) / pairs.length / (1 / 12);
  expect(Math.abs(correlation(0, 1))).toBeLessThan(0.06);
  expect(Math.abs(correlation(2, 3))).toBeLessThan(0.06);
});

test("a permutation holds every number once", () => {
  const order = permutation(100, randomStream(0, "order"));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect([...order]).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
});
