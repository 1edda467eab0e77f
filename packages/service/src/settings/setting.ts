import { z } from "zod";
import type { Kind } from "./kinds.ts";

/** What is known about a setting besides its values. */
export interface SettingFacts {
  variable: string;
  description: string;
  allowed: string;
  /** The text that stands for an unset one; null when there is none. */
  preset: string | null;
  /** What happens when it is unset, where `preset` does not say it. */
  presetInWords: string | null;
  /** Secrets are never shown, and may be given as a file by `<variable>_FILE`. */
  secret: boolean;
}

interface Details {
  secret?: boolean;
  presetInWords?: string;
}

function facts(
  variable: string,
  { allowed }: Kind<unknown>,
  preset: string | null,
  description: string,
  { secret = false, presetInWords }: Details,
): SettingFacts {
  // A default that depends on the machine is only said in words.
  return {
    variable,
    description,
    allowed,
    preset: presetInWords === undefined ? preset : null,
    presetInWords: presetInWords ?? null,
    secret,
  };
}

/** A setting that always has a value; `preset` is read like a given one. */
export function setting<T>(
  variable: string,
  kind: Kind<T>,
  preset: string,
  description: string,
  details: Details = {},
) {
  return kind.schema.prefault(preset).meta({ ...facts(variable, kind, preset, description, details) });
}

/** A setting that may be left unset; `presetInWords` says what happens then. */
export function optionalSetting<T>(variable: string, kind: Kind<T>, description: string, details: Details = {}) {
  return kind.schema.optional().meta({ ...facts(variable, kind, null, description, details) });
}

/** The facts that `setting` and `optionalSetting` left on a schema. */
export const factsOf = (schema: z.ZodType): SettingFacts => schema.meta() as unknown as SettingFacts;
