import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBuckets, encodePoints } from "@etude/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { aRun } from "./a-run.ts";
import { type Asked, runCli, startServer } from "./run-cli.ts";

let server: Awaited<ReturnType<typeof startServer>>;
afterEach(() => server?.close());

const first = aRun();
const second = aRun({ id: "0193a8f0-0000-7000-8000-0000aaaa0002" as never, name: "other" });
const page = { runs: [second, first], next: null, total: 2 };

/** A server that lists two runs and answers the rest by `more`. */
const start = async (more: (asked: Asked) => { status?: number; body?: unknown } = () => ({})) => {
  server = await startServer((asked) =>
    asked.method === "GET" && asked.path.startsWith("/v1/runs?") ? { body: page } : more(asked),
  );
  return (argv: string[], options = {}) => runCli([...argv, "--url", server.url], options);
};

describe("references to runs", () => {
  it.each([
    ["latest", second.id],
    ["aaaa0001", first.id],
    ["other", second.id],
    [first.id, first.id],
  ])("%s is found", async (reference, id) => {
    const cli = await start(() => ({ status: 202, body: first }));
    expect((await cli(["cancel", reference])).stderr).toBe("");
    expect(server.asked.at(-1)).toMatchObject({ method: "POST", path: `/v1/runs/${id}/cancel` });
  });

  it("that fit several runs, or none, are refused", async () => {
    const cli = await start();
    const several = await cli(["cancel", "0193a8f0"]);
    expect(several.code).toBe(2);
    expect(several.stderr).toContain('2 runs fit "0193a8f0": aaaa0002 (other), aaaa0001 (digits mlp greedy)');
    expect((await cli(["cancel", "zzz"])).stderr).toContain('No run is called "zzz"');
  });
});

describe("commands", () => {
  it("list passes its filters on and prints a table", async () => {
    const cli = await start();
    const { stdout } = await cli(["list", "--status", "running", "failed", "--tag", "a=b", "-q", "dig", "-n", "2"]);
    expect(server.asked[0]?.path).toBe("/v1/runs?status=running&status=failed&tag=a%3Db&q=dig&order=newest&limit=2");
    expect(stdout).toMatch(/^RUN {7}STATUS {3}NAME/);
    expect(stdout).toMatch(/aaaa0001 {2}running {2}digits mlp greedy {2}greedy/);
  });

  it("clone sends the changes as a merge patch", async () => {
    const cli = await start(() => ({ status: 202, body: second }));
    await cli([
      "clone",
      first.id,
      "--set",
      "schedule.rate=0.05",
      "--set",
      "schedule.patience=null",
      "--set",
      "name=half",
    ]);
    expect(server.asked.at(-1)?.body).toEqual({ changes: { schedule: { rate: 0.05, patience: null }, name: "half" } });
  });

  it("retry goes on from the checkpoint unless told otherwise", async () => {
    const cli = await start(() => ({ status: 202, body: first }));
    await cli(["retry", first.id]);
    await cli(["retry", first.id, "--from-start"]);
    const bodies = server.asked.filter(({ method }) => method === "POST").map(({ body }) => body);
    expect(bodies).toEqual([{ from: "checkpoint" }, { from: "start" }]);
  });

  it("pause and resume act on runs, or on those of a study that can be paused or resumed", async () => {
    const studies = [{ id: "0193a8f0-0000-7000-8000-0000bbbb0001", name: "Patience" }];
    const cli = await start(({ path }) =>
      path.startsWith("/v1/studies") ? { body: { studies, next: null } } : { body: first },
    );
    const paused = await cli(["pause", first.id, "--study", "Patience"]);
    expect(paused.stdout).toContain("aaaa0001  digits mlp greedy  running, pauses after its checkpoint");
    await cli(["resume", "--study", "Patience"]);
    const asked = server.asked.map(({ method, path }) => `${method} ${path}`);
    expect(asked.filter((one) => one.startsWith("POST"))).toEqual([
      ...[first, second, first].map(({ id }) => `POST /v1/runs/${id}/pause`),
      ...[second, first].map(({ id }) => `POST /v1/runs/${id}/resume`),
    ]);
    expect(asked.filter((one) => one.includes("/runs?")).map((one) => one.match(/status=\w+/g))).toEqual([
      ["status=queued", "status=running"],
      ["status=paused"],
    ]);
    expect((await cli(["pause"])).code).toBe(2);
  });

  it("delete with --yes deletes", async () => {
    const cli = await start(({ method }) => (method === "DELETE" ? { status: 204 } : { body: first }));
    expect((await cli(["delete", first.id, "--yes"])).stdout).toBe("aaaa0001  digits mlp greedy  deleted\n");
  });

  it("keys create prints the key alone on stdout", async () => {
    const key = { id: first.id, name: "CI", scope: "read", prefix: "etude_ab", key: "etude_abc" };
    const cli = await start(() => ({ status: 201, body: key }));
    const { stdout, stderr } = await cli(["keys", "create", "CI", "--scope", "read"]);
    expect(stdout).toBe("etude_abc\n");
    expect(stderr).toContain("not shown again");
    expect(server.asked[0]?.body).toEqual({ name: "CI", scope: "read" });
  });

  it("schedule preview draws an open-loop schedule and explains a reactive one", async () => {
    const { stdout } = await runCli(["schedule", "preview", "linear", "--rate", "0.1", "--steps", "100"]);
    expect(stdout).toContain("first 0.1");
    expect(stdout.split("\n").filter((line) => /[⠁-⣿]/.test(line)).length).toBeGreaterThan(8);
    const json = await runCli(["schedule", "preview", "constant", "--rate", "0.1", "--steps", "3", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ rates: [0.1, 0.1, 0.1], firstRate: 0.1, reactive: false });
    const greedy = await runCli(["schedule", "preview", "greedy", "--rate", "0.1"]);
    expect(greedy.stdout).toContain("depend on the training");
    const wrong = await runCli(["schedule", "preview", "constant", "--rate", "-1"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("schedule.rate");
  });
});

describe("login", () => {
  it("checks the key, keeps it for its owner only, and sends it to no other server", async () => {
    const configFile = join(mkdtempSync(join(tmpdir(), "etude-cli-")), "deep", "config.json");
    const cli = await start(() => ({ body: { scope: "write", keyName: "me", keysRequired: true } }));
    const { stdout } = await cli(["login", "--key", "etude_secret"], { configFile });
    expect(stdout).toContain('as "me" with scope write');
    expect(statSync(configFile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(configFile, "utf8"))).toEqual({ url: server.url, key: "etude_secret" });

    await runCli(["list"], { configFile });
    expect(server.asked.at(-1)?.headers.authorization).toBe("Bearer etude_secret");
    await runCli(["list", "--key", "other"], { configFile });
    expect(server.asked.at(-1)?.headers.authorization).toBe("Bearer other");
    await runCli(["list", "--url", `${server.url}/elsewhere`], { configFile });
    expect(server.asked.at(-1)?.headers.authorization).toBeUndefined();
  });
});

describe("formats of histories", () => {
  it("are fed by one binary frame", async () => {
    const base = { runId: first.id, attempt: 1, from: 0, to: 3, cursor: "c" };
    const at = { key: "train/loss", index: 0, from: 0 };
    const exact = encodePoints({
      ...base,
      series: [{ ...at, steps: Float64Array.of(0, 1), values: Float64Array.of(0.1, Number.NaN) }],
    });
    const of = (...values: number[]) => Float64Array.from(values);
    const bucket = { step: of(2), last: of(1 / 3), min: of(0), max: of(9), mean: of(2), count: of(3) };
    const bucketed = encodeBuckets({ ...base, series: [{ ...at, n: 3, ...bucket }] });
    let frame = exact;
    const raw = await import("node:http").then(({ createServer }) =>
      createServer((request, response) => {
        if (request.url?.includes("/history")) response.end(frame);
        else response.setHeader("content-type", "application/json").end(JSON.stringify(first));
      }),
    );
    await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(raw.address() as { port: number }).port}`;
    const show = (...more: string[]) => runCli(["show", first.id, "--history", "train/loss", ...more, "--url", url]);
    expect((await show("--csv")).stdout).toBe("series,step,value\ntrain/loss,0,0.1\ntrain/loss,1,NaN\n");
    frame = bucketed;
    expect((await show("--csv", "--width", "1")).stdout).toBe(
      "series,step,value,min,max,mean\ntrain/loss,2,0.3333333333333333,0,9,2\n",
    );
    expect((await show("--width", "1")).stdout).toMatch(/train\/loss {5}2 {2}0\.3333 {4}0 {4}9 {5}2\n/);
    raw.close();
  });
});
