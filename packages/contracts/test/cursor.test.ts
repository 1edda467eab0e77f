import fc from "fast-check";
import { expect, it } from "vitest";
import { cursorSize, decodeCursor, emptyCursor, encodeCursor } from "@etude/contracts";

it("round-trips any cursor as URL-safe text", () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat(), { maxLength: 50 }), (attempt, counts) => {
      const text = encodeCursor({ attempt, counts });
      expect(text).toMatch(/^[\w-]+$/);
      expect(decodeCursor(text)).toEqual({ attempt, counts });
    }),
  );
});

it("reads nothing from other texts", () => {
  for (const text of ["", "%%%", "bm90IGpzb24", btoa("[1]"), btoa("[-1,[2]]"), btoa('[1,["2"]]')])
    expect(decodeCursor(text)).toBeUndefined();
});

it("counts points", () => {
  expect(cursorSize(emptyCursor)).toBe(0);
  expect(cursorSize({ attempt: 1, counts: [3, 0, 4] })).toBe(7);
});
