import { expect, test } from "vitest";
import { depthOf } from "../src/plugins/body.ts";

test.each([
  ["7", 0],
  ["{}", 1],
  ['{"a":[{"b":1}],"c":{}}', 3],
  ['"[[[["', 0],
  ['{"a\\"[":"\\\\"}', 1],
  ["[[]", 2],
  ["]]]][", 0],
])("%s is nested %i deep", (json, depth) => {
  expect(depthOf(json)).toBe(depth);
});
