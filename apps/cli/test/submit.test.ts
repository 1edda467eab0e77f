import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aRun } from "./a-run.ts";
import { runCli, startServer } from "./run-cli.ts";

let server: Awaited<ReturnType<typeof startServer>>;
let cwd: string;
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), "etude-cli-"));
  server = await startServer(({ path }) =>
    path === "/v1/runs/batch" ? { status: 202, body: { runs: [aRun(), aRun()] } } : { status: 202, body: aRun() },
  );
});
afterEach(() => server.close());

const submit = async (...argv: string[]) => {
  const ran = await runCli(["submit", ...argv, "--url", server.url], { cwd });
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
  return server.asked[0];
};

describe("submit", () => {
  it("makes a spec from options, with safe defaults", async () => {
    const asked = await submit("--schedule", "greedy", "--rate", "0.1", "--seed", "1", "--set", "schedule.patience=5");
    expect(asked).toMatchObject({ method: "POST", path: "/v1/runs" });
    expect(asked?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(asked?.body).toEqual({
      dataset: { kind: "digits" },
      model: { kind: "mlp" },
      optimizer: { kind: "momentum" },
      schedule: { kind: "greedy", rate: 0.1, patience: 5 },
      budget: { steps: 1000 },
      seed: 1,
    });
  });

  it("takes every option of a spec", async () => {
    const line =
      "--dataset digits --model {'kind':'mlp','hidden':[32]} --optimizer adam --schedule cosine --rate 1e-3 --epochs 5 " +
      "--batch-size 64 --evaluate-every 10 --backend cpu --pool gpu --name mine --tag a=b=c --tag flag --study S_1 " +
      "--set checkpoint.everySteps=7 --set stop.lossBelow=0.5 --idempotency-key once";
    const asked = await submit(...line.replaceAll("'", '"').split(" "));
    expect(asked?.path).toBe("/v1/runs?study=S_1");
    expect(asked?.headers["idempotency-key"]).toBe("once");
    expect(asked?.body).toEqual({
      dataset: { kind: "digits" },
      model: { kind: "mlp", hidden: [32] },
      optimizer: { kind: "adam" },
      schedule: { kind: "cosine", rate: 1e-3 },
      budget: { epochs: 5 },
      batchSize: 64,
      evaluateEvery: 10,
      backend: "cpu",
      pool: "gpu",
      name: "mine",
      tags: { a: "b=c", flag: "" },
      checkpoint: { everySteps: 7 },
      stop: { lossBelow: 0.5 },
    });
  });

  it("makes a run for each seed", async () => {
    const asked = await submit(
      "--schedule",
      "constant",
      "--rate",
      "1",
      "--seed",
      "1,2",
      "--seed",
      "3",
      "--study",
      "Seeds",
    );
    expect(asked?.path).toBe("/v1/runs/batch");
    const { study, runs } = (asked?.body ?? {}) as { study: string; runs: { seed: number }[] };
    expect(study).toBe("Seeds");
    expect(runs.map(({ seed }) => seed)).toEqual([1, 2, 3]);
  });

  it("reads a spec, a list and { study, runs }, as JSON and as YAML, and changes them by options", async () => {
    const spec = { schedule: { kind: "step", rate: 1, every: 9 }, budget: { epochs: 1 } };
    writeFileSync(join(cwd, "one.json"), JSON.stringify(spec));
    writeFileSync(
      join(cwd, "list.yaml"),
      "- schedule: { kind: constant, rate: 1 }\n- schedule: { kind: cosine, rate: 2 }\n",
    );
    writeFileSync(join(cwd, "study.yml"), "study: Mine\nruns:\n  - schedule: { kind: constant, rate: 1 }\n");
    await submit("one.json", "--steps", "5", "--set", "schedule.every=null");
    await submit("list.yaml", "--rate", "3");
    await submit("study.yml");
    await submit("study.yml", "--study", "Other");
    expect(server.asked.map(({ path, body }) => [path, body])).toEqual([
      ["/v1/runs", { schedule: { kind: "step", rate: 1 }, budget: { steps: 5 } }],
      [
        "/v1/runs/batch",
        { runs: [{ schedule: { kind: "constant", rate: 3 } }, { schedule: { kind: "cosine", rate: 3 } }] },
      ],
      ["/v1/runs?study=Mine", { schedule: { kind: "constant", rate: 1 } }],
      ["/v1/runs?study=Other", { schedule: { kind: "constant", rate: 1 } }],
    ]);
  });

  it("merges what YAML runs have in common", async () => {
    const yaml = "- &base { model: { kind: cnn }, schedule: { kind: constant, rate: 1 } }\n- { <<: *base, seed: 7 }\n";
    writeFileSync(join(cwd, "merged.yaml"), yaml);
    const asked = await submit("merged.yaml");
    const base = { model: { kind: "cnn" }, schedule: { kind: "constant", rate: 1 } };
    expect(asked?.body).toEqual({ runs: [base, { ...base, seed: 7 }] });
  });

  it.each([
    ["runs: 3", "there are no runs in it"],
    ["- 3", "run 1 is 3"],
    ["runs: [{}]\nstudies: x", "beside study and runs stands studies"],
    ["study: 3\nruns: [{}]", "study is 3"],
  ])("exits 2 on a file that holds %j", async (text, says) => {
    writeFileSync(join(cwd, "odd.yaml"), text);
    const { code, stderr } = await runCli(["submit", "odd.yaml", "--url", server.url], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`odd.yaml: ${says}`);
    expect(server.asked).toHaveLength(0);
  });
});
