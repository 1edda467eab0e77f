import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scheduleDocs } from "../../../../tools/generate-schedule-docs.ts";

const folder = fileURLToPath(new URL("../../../../docs/reference/schedules", import.meta.url));

test("the pages of the schedules say what the code says; `npm run generate` writes them", () => {
  const files = scheduleDocs();
  expect(readdirSync(folder).sort()).toEqual([...files.keys()].map((path) => basename(path)).sort());
  for (const [path, text] of files) expect(readFileSync(path, "utf8"), path).toBe(text);
});

test("they are the same every time", () => {
  expect([...scheduleDocs()]).toEqual([...scheduleDocs()]);
});
