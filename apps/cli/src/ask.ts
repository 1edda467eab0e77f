import { createInterface } from "node:readline/promises";
import { PassThrough } from "node:stream";
import type { Io } from "./io.ts";

/** Asks a question on stderr (stdout may go into a file) and returns the answer; `hidden` shows nothing of it. */
export async function ask(io: Io, question: string, hidden = false): Promise<string> {
  io.stderr.write(question);
  const lines = createInterface({
    input: io.stdin,
    output: new PassThrough(),
    terminal: hidden && io.stdin.isTTY === true,
  });
  try {
    const line = new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(""));
      lines.once("SIGINT", () => reject(new Error("interrupted")));
    });
    return (await line).trim();
  } finally {
    lines.close();
    if (hidden) io.stderr.write("\n");
  }
}
