import { expect, test } from "vitest";
import { Admission, announcedBytes } from "../src/runs/admission.ts";

test("bounds requests and bytes together, and gives the room back once", () => {
  const admission = new Admission({ requests: 2, bytes: 100 });
  const first = admission.admit(60);
  expect(admission.admit(50)).toBeUndefined();
  const second = admission.admit(40);
  expect(admission.admit(0)).toBeUndefined();
  second?.();
  second?.();
  expect(admission.admit(50)).toBeUndefined();
  expect(admission.admit(40)).toBeTypeOf("function");
  first?.();
  expect(admission.admit(60)).toBeTypeOf("function");
});

test("a request alone always has room, however large", () => {
  const admission = new Admission({ requests: 2, bytes: 100 });
  const large = admission.admit(1000);
  expect(large).toBeTypeOf("function");
  expect(admission.admit(1)).toBeUndefined();
  large?.();
  expect(admission.admit(1)).toBeTypeOf("function");
});

test("a request that comes in pieces counts as large as it may be", () => {
  expect(announcedBytes({ headers: { "content-length": "12" } }, 99)).toBe(12);
  expect(announcedBytes({ headers: {} }, 99)).toBe(99);
});
