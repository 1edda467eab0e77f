import { expect, test } from "vitest";
import { applyChanges } from "../src/runs/merge-patch.ts";

// The cases of RFC 7396, appendix A, whose target and patch are objects.
test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j with %j is %j", (target, patch, result) => {
  expect(applyChanges(target, patch)).toEqual(result);
});

test("a part that names its kind replaces the old part, others merge", () => {
  const spec = {
    kind: "training",
    seed: 1,
    schedule: { kind: "step", rate: 1, gamma: 0.5 },
    model: { kind: "mlp", hidden: [8] },
  };
  expect(
    applyChanges(spec, { kind: "training", schedule: { kind: "cosine", rate: 2 }, model: { hidden: [4] } }),
  ).toEqual({
    kind: "training",
    seed: 1,
    schedule: { kind: "cosine", rate: 2 },
    model: { kind: "mlp", hidden: [4] },
  });
});

test("neither the spec nor the changes are altered", () => {
  const spec = Object.freeze({ a: Object.freeze({ b: 1 }) });
  const changes = Object.freeze({ a: Object.freeze({ c: 2 }) });
  expect(applyChanges(spec, changes)).toEqual({ a: { b: 1, c: 2 } });
});
