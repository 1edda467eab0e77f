import { StudyPlan } from "@etude/contracts";
import canonicalize from "canonicalize";
import { digest } from "ohash";

export interface FrozenPlan {
  readonly plan: StudyPlan;
  /** The plan with its defaults, as canonical JSON (RFC 8785). */
  readonly text: string;
  /** SHA-256 of the text, hexadecimal. */
  readonly hash: string;
}

/** Fills the defaults of a plan and hashes it. Throws a ZodError that names what is missing. */
export function freezePlan(input: unknown): FrozenPlan {
  const plan = StudyPlan.parse(input);
  const text = canonicalize(plan)!;
  const bytes = atob(digest(text).replaceAll("-", "+").replaceAll("_", "/"));
  const hash = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return { plan, text, hash };
}
