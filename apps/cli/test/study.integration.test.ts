import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/kit/index.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const flags = ["--conditions=source", "--import", "tsx", main, "study"];
const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = temporaryFolder();
const { NODE_OPTIONS: _, ...given } = process.env;
const env = { ...given, INIT_CWD: folder };

const seeds = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const plan = {
  name: "A study that is killed",
  problems: ["quadratic-noisy", "logistic-breast-cancer"].map((problem) => ({
    id: problem,
    problem,
    protocol: "quick",
    rates: [0.05, 0.1, 0.2, 0.4],
  })),
  protocols: {
    quick: { tuningSeeds: [1, 2], evaluationSeeds: seeds(101, 20), untuned: { factors: [0.1], seeds: [101, 102] } },
  },
  entrants: [
    { id: "cosine", title: "cosine", role: "fixed", settings: [{ kind: "cosine" }] },
    { id: "wsd", title: "wsd", role: "fixed", control: true, settings: [{ kind: "wsd" }] },
    { id: "greedy", title: "greedy", role: "candidate", settings: [{ kind: "greedy" }] },
  ],
};
const planFile = join(folder, "plan.json");
writeFileSync(planFile, JSON.stringify(plan));

const run = (out: string, ...more: string[]) =>
  spawnSync(process.execPath, [...flags, "run", planFile, "--out", out, "--jobs", "2", "--json", ...more], {
    cwd: root,
    env,
  });
const lines = (journal: string): string[] =>
  existsSync(journal) ? readFileSync(journal, "utf8").split("\n").filter(Boolean) : [];
const keyOf = (line: string): string => {
  const { problem, entrant, setting, rate, seed } = JSON.parse(line) as Record<string, unknown>;
  return [problem, entrant, setting, rate, seed].join();
};

describe("etude study run", () => {
  it("goes on after kill -9 without running a cell twice, and reports", async () => {
    const out = join(folder, "killed");
    const journal = join(out, "journal.jsonl");
    const first = spawn(process.execPath, [...flags, "run", planFile, "--out", out, "--jobs", "2"], {
      cwd: root,
      env,
    });
    const ended = new Promise((resolve) => first.on("exit", resolve));
    while (lines(journal).length < 4 && first.exitCode === null) await sleep(5);
    first.kill("SIGKILL");
    await ended;
    const before = lines(journal).length;
    expect(before).toBeGreaterThan(0);
    // A kill may cut the last line short.
    writeFileSync(journal, `${readFileSync(journal, "utf8")}{"problem":"quadr`);

    const { status, stdout, stderr } = run("killed");
    expect(String(stderr)).toBe("");
    expect(status).toBe(0);
    const said = JSON.parse(String(stdout)) as { complete: boolean; runs: number; hash: string };
    const kept = lines(journal);
    expect(said).toMatchObject({ complete: true, runs: kept.length });
    expect(kept.length).toBeGreaterThan(before);
    expect(new Set(kept.map(keyOf)).size).toBe(kept.length);

    expect(readFileSync(join(out, "report.md"), "utf8")).toContain(said.hash);
    const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as {
      incomplete: string[];
      problems: object[];
    };
    expect(report).toMatchObject({
      incomplete: [],
      problems: [{ id: "quadratic-noisy" }, { id: "logistic-breast-cancer" }],
    });

    const again = spawnSync(
      process.execPath,
      [
        ...flags,
        "report",
        "killed",
        "--as",
        "judged",
        "--note",
        "One was cut.",
        "--evidence",
        "rows.ndjson.gz",
        "--json",
      ],
      { cwd: root, env },
    );
    expect(String(again.stderr)).toBe("");
    expect(readFileSync(join(folder, "judged.md"), "utf8")).toContain("- One was cut.");
    const rows = String(gunzipSync(readFileSync(join(folder, "rows.ndjson.gz"))))
      .trim()
      .split("\n");
    expect(rows).toHaveLength(kept.length);
    expect(JSON.parse(rows[0]!)).toMatchObject({
      source: "study",
      engine: "array",
      studyId: said.hash,
      role: "tuning",
    });
  });

  it("refuses another plan in the same folder, and a plan without a control", () => {
    const out = join(folder, "other");
    writeFileSync(planFile, JSON.stringify({ ...plan, problems: plan.problems.slice(0, 1) }));
    expect(run("other", "--only", "cosine").status).toBe(0);
    writeFileSync(planFile, JSON.stringify({ ...plan, name: "Another" }));
    const refused = run(out);
    expect([refused.status, String(refused.stderr)]).toEqual([2, expect.stringContaining("holds another plan")]);

    const entrants = plan.entrants.map((entrant) => ({ ...entrant, control: false }));
    writeFileSync(planFile, JSON.stringify({ ...plan, entrants }));
    const bare = run("bare");
    expect([bare.status, String(bare.stderr)]).toEqual([2, expect.stringContaining("needs a control")]);
    expect(existsSync(join(folder, "bare"))).toBe(false);
  });
});
