import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const folder = fileURLToPath(new URL("../../../packages/catalog/test/reference", import.meta.url));
const trace = async (argv: string[], stdin?: string) =>
  runCli(["schedule", "trace", ...argv], { cwd: folder, ...(stdin === undefined ? {} : { stdin }) });

describe("schedule trace", () => {
  it.each(["pytorch-schedules.json", "transformers-schedules.json"])(
    "agrees with the rates recorded in %s",
    async (file) => {
      const cases = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as { lr: number[] }[];
      const { code, stdout, stderr } = await trace([file, "--json"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const traces = JSON.parse(stdout) as { lr: number[] }[];
      expect(traces).toHaveLength(cases.length);
      for (const [i, { lr }] of cases.entries()) {
        expect(traces[i]?.lr).toHaveLength(lr.length);
        for (const [t, wanted] of lr.entries()) {
          expect(Math.abs((traces[i]?.lr[t] as number) - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted) + 1e-15);
        }
      }
    },
  );

  it("prints a list for a single case, from stdin, as YAML too, with or without --json", async () => {
    const json = '{"library": "pytorch", "scheduler": "StepLR", "kwargs": {"step_size": 2}, "base_lr": 1, "steps": 4}';
    const yaml = "schedule: { kind: step, rate: 1, every: 2, factor: 0.1 }\nsteps: 4\n";
    const wanted = [{ lr: [1, 1, expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)] }];
    expect(JSON.parse((await trace(["-"], json)).stdout)).toEqual(wanted);
    const ours = await trace(["-", "--json"], yaml);
    expect(ours.stderr).toBe("");
    expect(JSON.parse(ours.stdout)).toEqual(wanted);
  });

  it("takes NaN and Infinity as Python writes them", async () => {
    const schedule = '{"kind": "plateau", "rate": 1, "patience": 0, "cooldown": 0, "factor": 0.5}';
    const bare = await trace(["-"], `{"schedule": ${schedule}, "metrics": [1, NaN, Infinity, 0.5]}`);
    const quoted = await trace(["-"], `{"schedule": ${schedule}, "metrics": [1, "NaN", "Infinity", 0.5]}`);
    expect(bare).toEqual({ ...quoted, code: 0, stderr: "" });
    expect((JSON.parse(bare.stdout) as { lr: number[] }[])[0]?.lr).toHaveLength(5);
  });

  it.each([
    ["an unknown scheduler", '[{"library": "pytorch", "scheduler": "NopeLR", "base_lr": 1, "steps": 2}]', "NopeLR"],
    [
      "too many steps",
      '{"library": "pytorch", "scheduler": "OneCycleLR", "kwargs": {"max_lr": 1, "total_steps": 3}, "base_lr": 1, "steps": 9}',
      "Ask for fewer steps",
    ],
    [
      "a second case that is wrong",
      '[{"schedule": {"kind": "constant", "rate": 1}, "steps": 1}, {"steps": 1}]',
      "Case 2 of 2",
    ],
    ["what is not JSON", '{"library": ', "stdin is not JSON"],
    ["what is not YAML", "a: [1\nb: 2", "stdin is not YAML"],
    ["nothing", "", "stdin is empty"],
  ])("exits 2 on %s", async (_, input, says) => {
    const { code, stdout, stderr } = await trace(["-"], input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});
