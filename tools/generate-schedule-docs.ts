/** Writes docs/reference/schedules: a page and a drawn curve for each schedule, from the code itself. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { scheduleCatalogue, type ScheduleEntry, type ScheduleInput, Tail, Warmup } from "@etude/catalog";
import { z } from "zod";
import { curveOf } from "./schedule-docs/curve-of.ts";
import { drawCurve } from "./schedule-docs/draw-curve.ts";
import { type ObjectSchema, parameterTable } from "./schedule-docs/parameter-table.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "docs/reference/schedules");
const made = "<!-- Made by tools/generate-schedule-docs.ts from packages/catalog/src/schedules. -->";

function page({ kind, title, doc, parameters, example }: ScheduleEntry): Map<string, string> {
  const { rates, on } = curveOf(example as ScheduleInput);
  const leave = kind === "wsd" ? ["kind"] : ["kind", "warmup", "tail"];
  const text = [
    made,
    `# ${title}`,
    "",
    `\`kind: "${kind}"\`. ${doc.summary}`,
    "",
    `![The example's learning rate over 100 steps](${kind}.svg)`,
    ...(on ? ["", `The curve is the example's on ${on}.`] : []),
    "",
    "**Formula.** " + doc.formula,
    "",
    `**When to use it.** ${doc.when}`,
    "",
    `**Source.** ${doc.source}`,
    "",
    "## Parameters",
    "",
    parameterTable(parameters as ObjectSchema, leave),
    ...(kind === "wsd" ? [] : ["", "Like every schedule it takes a [`warmup` and a `tail`](combinators.md)."]),
    "",
    "## Example",
    "",
    "```json",
    JSON.stringify(example, null, 2),
    "```",
    "",
  ];
  return new Map([
    [join(folder, `${kind}.md`), text.join("\n")],
    [join(folder, `${kind}.svg`), drawCurve(title, [{ name: kind, rates }])],
  ]);
}

function combinators(): Map<string, string> {
  const around = (shape: "linear" | "cosine" | "1-sqrt", fall: "linear" | "cosine" | "1-sqrt" | "exponential") =>
    curveOf({ kind: "constant", rate: 1, warmup: { fraction: 0.2, shape }, tail: { fraction: 0.4, shape: fall } })
      .rates;
  const lines = [
    { name: "linear", rates: around("linear", "linear") },
    { name: "cosine", rates: around("cosine", "cosine") },
    { name: "1-sqrt", rates: around("1-sqrt", "1-sqrt") },
    { name: "exponential tail", rates: around("linear", "exponential") },
  ];
  const schema = (of: z.ZodType): ObjectSchema => {
    const { $ref, $defs, ...own } = z.toJSONSchema(of, { io: "input" });
    return ($ref ? $defs?.[$ref.split("/").at(-1)!] : own) as ObjectSchema;
  };
  const text = [
    made,
    "# Warmup and tail",
    "",
    "Both may be put around any schedule; they multiply whatever rate it plans. Order: tail(warmup(schedule)).",
    "",
    "![A constant rate with each shape of warmup and tail](combinators.svg)",
    "",
    "- The schedule inside starts after the warmup and sees the run without it; it does not adapt during warmup and tail.",
    "- The tail multiplies the rate that the schedule has at the tail's first step. Where the tail ends, its last factor stays.",
    "",
    "## `warmup`",
    "",
    parameterTable(schema(Warmup), []),
    "",
    "factor(t) = from + (1 − from) · s(t / steps), with s(u) = u, ½(1 − cos πu) or 1 − √(1 − u)",
    "",
    "## `tail`",
    "",
    parameterTable(schema(Tail), []),
    "",
    "factor(t) = to + (1 − to) · s((t − start) / steps), with s(u) = 1 − √u, 1 − u or ½(1 + cos πu); exponential: to^u",
    "",
    "## Example",
    "",
    "```json",
    JSON.stringify(
      { kind: "greedy", rate: 0.1, warmup: { steps: 50 }, tail: { fraction: 0.2, shape: "1-sqrt" } },
      null,
      2,
    ),
    "```",
    "",
  ];
  return new Map([
    [join(folder, "combinators.md"), text.join("\n")],
    [join(folder, "combinators.svg"), drawCurve("Warmup and tail", lines)],
  ]);
}

function contents(entries: readonly ScheduleEntry[]): string {
  const rows = entries.map(({ kind, title, doc }) => `| [${title}](${kind}.md) | \`${kind}\` | ${doc.summary} |`);
  return [
    made,
    "# Schedules",
    "",
    "Steps count from 0; a curve's last used step is one before its end, so that a fall to zero has no update of rate zero in the run.",
    "",
    "| schedule | kind | what it does |",
    "|---|---|---|",
    ...rows,
    "",
    "All of them take a [warmup and a tail](combinators.md).",
    "",
  ].join("\n");
}

/** Returns the generated files by path, without writing them. */
export function scheduleDocs(): Map<string, string> {
  const entries = scheduleCatalogue();
  return new Map([
    ...entries.flatMap((entry) => [...page(entry)]),
    ...combinators(),
    [join(folder, "README.md"), contents(entries)],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(folder, { recursive: true });
  const files = scheduleDocs();
  for (const name of readdirSync(folder)) {
    if (!files.has(join(folder, name))) rmSync(join(folder, name));
  }
  const read = (path: string): string | null => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return null;
    }
  };
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    if (read(path) !== text) writeFileSync(path, text);
  }
}
