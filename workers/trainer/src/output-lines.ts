import type { Readable } from "node:stream";

/** A line without an end is passed on in pieces of this many characters. */
const longest = 8192;

/** Calls `onLine` with every line of a process's output, the last one without a line end too. Empty lines are left out. */
export function onLines(output: Readable, onLine: (line: string) => void): void {
  let rest = "";
  const emit = (line: string): void => {
    const text = line.trimEnd();
    if (text !== "") onLine(text);
  };
  output.setEncoding("utf8");
  output.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) emit(line);
    for (; rest.length > longest; rest = rest.slice(longest)) emit(rest.slice(0, longest));
  });
  output.on("end", () => emit(rest));
}
