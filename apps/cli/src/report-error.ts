import { EtudeError } from "@etude/sdk";
import { exitCodes, UsageError } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { styleFor } from "./format/style.ts";

/** Says on stderr what went wrong and what to do about it. Returns the exit code. */
export function reportError(error: unknown, io: Io): number {
  const { bold, red, dim } = styleFor(io.stderr, io.env);
  const say = (message: string, remedy: string, issues: readonly string[] = []): void => {
    io.stderr.write([`${red(bold("error"))}  ${message}`, ...issues, dim(`       ${remedy}`), ""].join("\n"));
  };
  if (error instanceof UsageError) {
    say(error.message, error.remedy);
    return exitCodes.usage;
  }
  if (error instanceof EtudeError) {
    const issues = error.errors.map(({ path, message, allowed }) => {
      const listed = allowed === undefined || allowed.length === 0 ? "" : ` (allowed: ${allowed.join(", ")})`;
      return `       ${bold(path === "" ? "body" : path)}  ${message}${listed}`;
    });
    if (issues.length > 0) say(`${error.title}.`, "Put these right and send it again.", issues);
    else say(error.detail, error.remedy);
    if (error.code === "unreachable") return exitCodes.unreachable;
    return error.status === 0 ? exitCodes.usage : exitCodes.refused;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  say(`Etude failed: ${text}`, "This is a defect; set ETUDE_DEBUG=1 to see where, and report it.");
  if (io.env["ETUDE_DEBUG"] === "1" && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
  return exitCodes.internal;
}
