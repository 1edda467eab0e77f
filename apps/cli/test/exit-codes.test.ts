import { Problem } from "@etude/contracts";
import { afterEach, describe, expect, it } from "vitest";
import { aRun } from "./a-run.ts";
import { runCli, startServer } from "./run-cli.ts";

let server: Awaited<ReturnType<typeof startServer>>;
afterEach(() => server?.close());

describe("exit codes", () => {
  it("0 with JSON alone on stdout", async () => {
    const body = { runs: [aRun()], next: null, total: 1 };
    server = await startServer(() => ({ body }));
    const { code, stdout, stderr } = await runCli(["list", "--json", "--url", server.url]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(body);
  });

  it.each([
    ["an option that does not exist", ["list", "--foo"], "unknown option '--foo'"],
    ["a command that does not exist", ["lst"], "unknown command 'lst'"],
    ["a value that is not allowed", ["list", "--order", "best"], "Allowed choices are newest, oldest"],
    ["a number that is none", ["submit", "--rate", "fast"], "must be a number"],
    ["nothing to submit", ["submit"], "Give a file, or --schedule"],
    ["a file that does not exist", ["submit", "no-such-file.yaml"], "no-such-file.yaml does not exist"],
    ["an assignment that is none", ["submit", "--schedule", "constant", "--set", "x"], "Write it like --set"],
    ["two budgets", ["submit", "--schedule", "constant", "--steps", "1", "--epochs", "1"], "--steps and --epochs"],
    ["an address that is none", ["list", "--url", "localhost"], "allowed is an http or https address"],
    ["a schedule that does not exist", ["schedule", "show", "zigzag"], "Known are constant,"],
    ["deleting unasked", ["delete", "0193a8f0-0000-7000-8000-000000000001"], "Add --yes"],
  ])("2 for %s", async (_, argv, says) => {
    server = await startServer(() => ({ body: aRun() }));
    const { code, stdout, stderr } = await runCli(argv, { env: { ETUDE_URL: server.url } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^error {2}/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("3 when the server refuses, with each field and what is allowed", async () => {
    const issue = { path: "schedule.kind", message: 'is "greed"', allowed: ["constant", "greedy"] };
    server = await startServer(() => ({
      status: 400,
      body: new Problem("validation_failed", "The spec does not fit.", [issue]).body(),
    }));
    const { code, stderr } = await runCli(["submit", "--schedule", "greed", "--url", server.url]);
    expect(code).toBe(3);
    expect(stderr).toBe(
      [
        "error  The request does not fit its schema.",
        '       schedule.kind  is "greed" (allowed: constant, greedy)',
        "       Put these right and send it again.",
        "",
      ].join("\n"),
    );
  });

  it("3 with the catalogue's remedy when there is nothing to list", async () => {
    server = await startServer(() => ({ status: 409, body: new Problem("run_not_active").body() }));
    const { code, stderr } = await runCli(["cancel", aRun().id, "--url", server.url]);
    expect(code).toBe(3);
    expect(stderr).toContain("Retry it, or clone it as a new run.");
  });

  it("4 when nothing answers", async () => {
    server = await startServer(() => ({}));
    await server.close();
    const { code, stdout, stderr } = await runCli(["list", "--json", "--url", server.url]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toBe(
      `error  Nothing answers at ${server.url} (ECONNREFUSED).\n       Start Etude with \`npm start\`, or give the address of a running server.\n`,
    );
  });

  it("130 on Ctrl-C", async () => {
    const interrupt = new AbortController();
    server = await startServer(() => {
      interrupt.abort();
      return {};
    });
    expect((await runCli(["list", "--url", server.url], { interrupt: interrupt.signal })).code).toBe(130);
  });
});
