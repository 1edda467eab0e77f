import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Layout, product } from "../../src/engine/product.ts";
import { normals } from "../../src/engine/random-arrays.ts";

const layouts: readonly Layout[] = ["rows", "columns"];

test("every size and layout gives the bits of the plain sum", () => {
  // Around the tiles of four and two, and on both sides of the size from which on wasm computes.
  for (const m of [1, 3, 4, 6, 17, 32]) {
    for (const n of [1, 2, 3, 5, 8, 10, 31]) {
      for (const inner of [1, 4, 13, 64]) {
        for (const [aLayout, bLayout] of layouts.flatMap((a) => layouts.map((b) => [a, b] as const))) {
          // Longer than needed, as buffers made for more rows are.
          const [a, b] = [normals(m * inner + 5, 1, 1, "a"), normals(inner * n + 5, 1, 1, "b")];
          const bias = n % 2 ? normals(n, 1, 1, "bias") : undefined;
          const out = new Float64Array(m * n + 3).fill(7);
          product(out, a, aLayout, b, bLayout, m, inner, n, bias);
          const expected = Array.from({ length: m * n }, (_, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            let sum = bias ? bias[j]! : 0;
            for (let p = 0; p < inner; p++) {
              sum +=
                a[aLayout === "rows" ? i * inner + p : p * m + i]! * b[bLayout === "rows" ? p * n + j : j * inner + p]!;
            }
            return sum;
          });
          expect([...out], `${m} × ${inner} × ${n}, ${aLayout}, ${bLayout}`).toEqual([...expected, 7, 7, 7]);
        }
      }
    }
  }
});

test("matrices larger than the module's first memory", () => {
  const [m, inner, n] = [300, 500, 200];
  const [a, b] = [normals(m * inner, 1, 2, "a"), normals(inner * n, 1, 2, "b")];
  const out = new Float64Array(m * n);
  product(out, a, "rows", b, "rows", m, inner, n);
  let sum = 0;
  for (let p = 0; p < inner; p++) sum += a[(m - 1) * inner + p]! * b[p * n + n - 1]!;
  expect(out.at(-1)).toBe(sum);
});

test("the committed module is what assembly/ compiles to", () => {
  const script = fileURLToPath(new URL("../../scripts/build-wasm.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
});
