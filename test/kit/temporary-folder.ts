import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A fresh folder for the calling test file (or describe block), removed after it. Other users may pass through it, as Postgres must when the tests run as root. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "etude-"));
  chmodSync(path, 0o755);
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
