import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../../tools/etude.mjs", import.meta.url));
const { INIT_CWD: _, NODE_OPTIONS: __, ...env } = process.env;

describe("tools/etude.mjs", () => {
  it("runs from any folder, finds files there, and prints JSON alone", () => {
    const cwd = mkdtempSync(join(tmpdir(), "etude-cli-"));
    writeFileSync(join(cwd, "case.json"), '{"schedule": {"kind": "constant", "rate": 0.5}, "steps": 2}');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "schedule", "trace", "case.json"], {
      cwd,
      env,
    });
    expect({ status, stdout: String(stdout), stderr: String(stderr) }).toEqual({
      status: 0,
      stdout: '[{"lr":[0.5,0.5]}]\n',
      stderr: "",
    });
  });

  it("hands exit codes through", () => {
    const { status, stdout } = spawnSync(process.execPath, [script, "list", "--json", "--url", "http://127.0.0.1:1"], {
      env,
    });
    expect({ status, stdout: String(stdout) }).toEqual({ status: 4, stdout: "" });
  });
});
