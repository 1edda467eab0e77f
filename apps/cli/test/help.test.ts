import type { Command } from "commander";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createProgram } from "../src/program.ts";
import { runCli } from "./run-cli.ts";

const quiet = { write: () => true };
const program = createProgram({
  stdout: quiet,
  stderr: quiet,
  stdin: Readable.from([]),
  env: {},
  cwd: ".",
  configFile: "none",
  interrupt: new AbortController().signal,
});

/** The words that call each command that does something. */
function paths(command: Command, before: string[] = []): string[][] {
  return command.commands.flatMap((sub) => {
    const path = [...before, sub.name()];
    return [path, ...paths(sub, path)];
  });
}

describe("help", () => {
  it("knows the commands of the product", () => {
    expect(paths(program).map((path) => path.join(" "))).toEqual([
      "up",
      "submit",
      "watch",
      "list",
      "query",
      "similar",
      "show",
      "log",
      "cancel",
      "pause",
      "resume",
      "retry",
      "clone",
      "fork",
      "delete",
      "schedule",
      "schedule list",
      "schedule show",
      "schedule preview",
      "schedule trace",
      "recommend",
      "evidence",
      "evidence query",
      "evidence export",
      "evidence import",
      "evidence shoot-out",
      "law",
      "law fit",
      "law optimise",
      "policy",
      "policy train",
      "policy list",
      "policy show",
      "policy download",
      "study",
      "study run",
      "study report",
      "sweep",
      "sweep run",
      "upload",
      "uploads",
      "uploads list",
      "uploads show",
      "uploads delete",
      "keys",
      "keys create",
      "keys list",
      "keys revoke",
      "login",
    ]);
  });

  it.each(paths(program).map((path) => path.join(" ")))(
    "of %s has a sentence, examples and the options of all",
    async (path) => {
      const { code, stdout, stderr } = await runCli([...path.split(" "), "--help"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^Usage: etude ${path}`));
      expect(stdout).toMatch(/\n\n[A-Z][^\n]+\.\n/);
      expect(stdout).toMatch(new RegExp(`Examples?:\n(.*\n)*?.*etude ${path.split(" ")[0]}`));
      for (const option of ["--json", "--url <address>", "--key <key>", "--help"]) expect(stdout).toContain(option);
      for (const line of stdout.split("\n")) expect([...line].length).toBeLessThanOrEqual(120);
    },
  );

  it("of the whole names every exit code", async () => {
    const { stdout } = await runCli(["--help"]);
    for (const code of ["0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "130 "]) expect(stdout).toContain(`\n  ${code}`);
    expect((await runCli([])).stdout).toBe(stdout);
  });
});
