/** Writes .env.example and docs/reference/settings.md from the settings of packages/service. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { factsOf, settingSections, type SettingFacts } from "@etude/service";

const root = fileURLToPath(new URL("..", import.meta.url));
const sections = Object.entries(settingSections).map(([title, section]) => ({
  title,
  settings: Object.values(section).map(factsOf),
}));

function exampleLines({ variable, description, allowed, preset, presetInWords, secret }: SettingFacts): string[] {
  const file = secret ? [`# Or ${variable}_FILE: a file that holds it.`] : [];
  const inWords = presetInWords === null ? [] : [`# Default: ${presetInWords}.`];
  return [`# ${description}`, `# Allowed: ${allowed}.`, ...inWords, ...file, `# ${variable}=${preset ?? ""}`, ""];
}

const example = (): string =>
  [
    "# Made by tools/generate-env-example.ts from the settings in packages/service; run `npm run generate` after a change.",
    "# Everything has a default that is good on one machine: `npm start` needs no file. Copy to .env for compose.",
    "",
    ...sections.flatMap(({ title, settings }) => [`# --- ${title} ---`, "", ...settings.flatMap(exampleLines)]),
  ].join("\n");

const cell = (text: string): string => text.replaceAll("|", "\\|");

function row({ variable, description, allowed, preset, presetInWords, secret }: SettingFacts): string {
  const value = preset === null ? (presetInWords ?? "–") : `\`${preset}\``;
  const name = `\`${variable}\`${secret ? ", `…_FILE`" : ""}`;
  return `| ${name} | ${cell(value)} | ${cell(description)} Allowed: ${cell(allowed)}. |`;
}

const reference = (): string =>
  [
    "<!-- Made by tools/generate-env-example.ts; run `npm run generate` after a change. -->",
    "# Settings",
    "",
    "Every process reads its settings from the environment, once, at the start. A value that is not allowed ends the",
    "process with a line that names the variable, the value and what is allowed. An empty value counts as unset. A secret",
    "can be given as a file: `ETUDE_ADMIN_KEY_FILE=/run/secrets/key` instead of `ETUDE_ADMIN_KEY`.",
    "",
    ...sections.flatMap(({ title, settings }) => [
      `## ${title}`,
      "",
      "| Variable | Default | Meaning |",
      "| --- | --- | --- |",
      ...settings.map(row),
      "",
    ]),
  ].join("\n");

/** Returns the generated files by path, without writing them. */
export const settingsFiles = (): Map<string, string> =>
  new Map([
    [join(root, ".env.example"), example()],
    [join(root, "docs/reference/settings.md"), reference()],
  ]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of settingsFiles()) {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}
