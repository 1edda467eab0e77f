import { describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const sweep = (...more: string[]) => runCli(["sweep", "run", "--problem", "quadratic-deterministic", ...more]);

describe("etude sweep run", () => {
  it("finds a rate and says how much it spared, the same for the same seed", async () => {
    const argv = [
      "--schedule",
      "linear",
      "constant",
      "--rate",
      "0.001:100",
      "--trials",
      "12",
      "--stop",
      "asha",
      "--json",
    ];
    const [first, second] = [await sweep(...argv), await sweep(...argv)];
    expect(first.stderr).toBe("");
    expect(second.stdout).toBe(first.stdout);
    const { trials, best } = JSON.parse(first.stdout) as {
      trials: { steps: number; stopped: boolean }[];
      best: { value: number; point: { rate: number } };
    };
    expect(trials).toHaveLength(12);
    expect(trials.some(({ stopped }) => stopped)).toBe(true);
    expect(best.point.rate).toBeGreaterThan(0.001);
    expect(best.value).toBeLessThan(10);
  });

  it("refuses what it does not know, with what there is", async () => {
    const problem = await runCli(["sweep", "run", "--problem", "quadratic", "--schedule", "linear"]);
    expect([problem.code, problem.stderr]).toEqual([2, expect.stringContaining("quadratic-noisy")]);
    const kind = await sweep("--schedule", "linaer");
    expect([kind.code, kind.stderr]).toEqual([2, expect.stringContaining("linaer")]);
    const rate = await sweep("--schedule", "linear", "--rate", "3");
    expect([rate.code, rate.stderr]).toEqual([2, expect.stringContaining("LOW:HIGH")]);
  });
});
