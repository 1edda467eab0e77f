import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { factsOf, type SettingFacts } from "./setting.ts";
import { SettingsSchema, type Settings } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown when a setting has a value that is not allowed; its message is for the person who set it. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/** The text given for a setting, straight or by file. An empty text counts as unset, as compose files need it. */
function given({ variable, secret }: SettingFacts, environment: Environment, problems: string[]): string | undefined {
  const direct = environment[variable] || undefined;
  const file = (secret && environment[`${variable}_FILE`]) || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) {
    problems.push(`${variable} and ${variable}_FILE are both set. Allowed: one of them.`);
    return undefined;
  }
  try {
    return readFileSync(file, "utf8").trimEnd() || undefined;
  } catch (error) {
    problems.push(
      `${variable}_FILE=${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
    return undefined;
  }
}

/**
 * Reads all settings, once, from the environment; no other code of ours does. Returns them frozen.
 * Throws SettingsError, which names every bad variable, its value (unless secret) and what is allowed.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const problems: string[] = [];
  const texts: Record<string, string | undefined> = {};
  for (const [key, schema] of Object.entries(SettingsSchema.shape)) {
    texts[key] = given(factsOf(schema), environment, problems);
  }
  const parsed = SettingsSchema.safeParse(texts);
  const bad = new Set(parsed.error?.issues.map(({ path }) => String(path[0])));
  for (const key of bad) {
    const { variable, allowed, secret } = factsOf(SettingsSchema.shape[key as keyof typeof SettingsSchema.shape]);
    problems.push(`${variable}=${secret ? "(secret)" : texts[key]} is not allowed. Allowed: ${allowed}.`);
  }
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  const { data } = parsed;
  return Object.freeze({ ...data, blobs: data.blobs ?? pathToFileURL(join(data.dataDir, "blobs")).href });
}

/** Like `readSettings`, for a process's main file: bad settings are printed without a stack trace and end it with code 2. */
export function readSettingsOrExit(): Settings {
  try {
    return readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
