import { z } from "zod";
import type { Kind } from "./kinds.ts";

/** What is known about a setting besides its values. */
export interface SettingFacts {
  variable: string;
  description: string;
  allowed: string;
  /** The default in words; null when it is unset by default. */
  default: string | null;
  /** Secrets are never shown, and may be given as a file by `<variable>_FILE`. */
  secret: boolean;
}

interface Details {
  secret?: boolean;
  /** In words, where the default is not a fixed text. */
  defaultInWords?: string;
}

const facts = (variable: string, kind: Kind<unknown>, description: string, details: Details): SettingFacts => ({
  variable,
  description,
  allowed: kind.allowed,
  default: details.defaultInWords ?? null,
  secret: details.secret ?? false,
});

/** A setting that always has a value; `preset` is read like a given one. */
export function setting<T>(
  variable: string,
  kind: Kind<T>,
  preset: string,
  description: string,
  details: Details = {},
) {
  return kind.schema
    .prefault(preset)
    .meta({ ...facts(variable, kind, description, { defaultInWords: preset, ...details }) });
}

/** A setting that may be left unset; `defaultInWords` says what happens then. */
export function optionalSetting<T>(variable: string, kind: Kind<T>, description: string, details: Details = {}) {
  return kind.schema.optional().meta({ ...facts(variable, kind, description, details) });
}

/** The facts that `setting` and `optionalSetting` left on a schema. */
export const factsOf = (schema: z.ZodType): SettingFacts => schema.meta() as unknown as SettingFacts;
