import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createBlobs } from "@etude/service";
import { afterAll, expect, test } from "vitest";
import { fetchCheckpoint, storeFile } from "../src/checkpoints.ts";

const folder = mkdtempSync(join(tmpdir(), "etude-checkpoints-"));
afterAll(() => rmSync(folder, { recursive: true }));
const blobs = createBlobs({ blobs: pathToFileURL(join(folder, "blobs")).href });

const announced = (content: string, name: string) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { step: 7, file, sha256, bytes: content.length };
};

test("a checkpoint is moved to the store once and comes back as it was", async () => {
  const checkpoint = announced("weights", "a");
  expect(await storeFile(blobs, checkpoint)).toBe(true);
  expect(existsSync(checkpoint.file)).toBe(false);
  expect(await storeFile(blobs, checkpoint)).toBe(true);
  expect(await fetchCheckpoint(blobs, checkpoint, folder)).toMatchObject({ step: 7, file: join(folder, "resume-7") });
});

test("a file that is gone or is another one is given up, and nothing of it is kept", async () => {
  const changed = announced("before", "b");
  writeFileSync(changed.file, "behind");
  const gone = announced("gone", "c");
  rmSync(gone.file);
  for (const checkpoint of [changed, gone]) {
    expect(await storeFile(blobs, checkpoint)).toBe(false);
    expect(await blobs.has(checkpoint.sha256)).toBe(false);
  }
});
