import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ScheduleSpec } from "@etude/catalog";
import { describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const cwd = fileURLToPath(new URL("../../../packages/learning/test/fixtures/loss-curves/25M", import.meta.url));
const train = ["--train", "cosine_24000.csv", "constant_24000.csv", "wsdcon_9.csv"];
const law = (...argv: string[]) => runCli(["law", ...argv], { cwd });

describe("law fit", () => {
  it("prints what was fitted and how well it predicts, as JSON", async () => {
    const test = ["--test", "wsdcon_3.csv", "../25M/constant_72000.csv"];
    const { code, stdout, stderr } = await law("fit", ...train, ...test, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const printed = JSON.parse(stdout) as Record<string, object>;
    expect(Object.keys(printed)).toEqual(["parameters", "intervals", "train", "test", "control", "seconds"]);
    expect(Object.keys(printed["control"]!).sort()).toEqual(["intervals", "parameters", "test", "train"]);
    const error = expect.any(Number) as number;
    expect(printed["train"]).toEqual({ meanRelativeError: error });
    expect(printed["test"]).toEqual({
      meanRelativeError: error,
      meanRelativeErrorNewRows: error,
      lastRowError: error,
      curves: [
        { file: "wsdcon_3.csv", rows: 95, meanRelativeError: error, lastRowError: error },
        { file: "../25M/constant_72000.csv", rows: 546, meanRelativeError: error, lastRowError: error },
      ],
    });
  });

  it("prints tables for people", async () => {
    const { stdout } = await law("fit", ...train, "--warmup", "2160", "--convention", "post-warmup");
    expect(stdout).toMatch(/alpha +0\.5\d+/);
    expect(stdout).toMatch(/C .* not identified/);
    expect(stdout).toMatch(/fitted curves +0\.06\d %/);
    expect(stdout).toContain("good for advice");
  });
});

describe("law optimise", () => {
  it("prints a schedule that can be submitted", async () => {
    const { code, stdout } = await law("optimise", ...train, "--steps", "24000", "--knots", "16", "--json");
    expect(code).toBe(0);
    const { schedule } = JSON.parse(stdout) as { schedule: unknown };
    expect(ScheduleSpec.parse(schedule)).toMatchObject({ kind: "piecewise", warmup: { steps: 2160 } });
  });

  it("compares it with common ones for people", async () => {
    const { stdout } = await law("optimise", ...train, "--steps", "24000", "--knots", "16");
    expect(stdout).toMatch(/optimised +3\.26\d+\n/);
    expect(stdout).toMatch(/cosine +3\.30\d+\n/);
  });
});

describe("exits 2 and says what is wrong", () => {
  const bad = mkdtempSync(join(tmpdir(), "etude-law-"));
  const text = readFileSync(join(cwd, "wsdcon_9.csv"), "utf8");
  writeFileSync(join(bad, "renamed.csv"), text.replace("lr", "rate"));
  writeFileSync(join(bad, "nan.csv"), text.replace("3.9733", "nan"));
  it.each([
    ["on one curve", ["fit", "--train", "cosine_24000.csv"], "two or more curves"],
    ["without a decay", ["fit", "--train", "constant_24000.csv", "constant_72000.csv"], "No run decays"],
    ["on a missing column", ["fit", ...train, join(bad, "renamed.csv")], "has no column lr"],
    ["on NaN", ["fit", ...train, join(bad, "nan.csv")], "row 3: loss must be a number; got nan"],
    ["on a missing file", ["fit", ...train, "nowhere.csv"], "nowhere.csv cannot be read (ENOENT)"],
    ["on a strange warmup", ["fit", ...train, "--warmup", "slow"], "linear, constant, fit, or a number of steps"],
    ["on a peak that no run used", ["optimise", ...train, "--steps", "24000", "--peak", "1"], "extrapolate lifts this"],
    ["on too few knots", ["optimise", ...train, "--steps", "24000", "--knots", "3"], "from 16 to 64"],
  ])("%s", async (_, argv, says) => {
    const { code, stdout, stderr } = await law(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});
