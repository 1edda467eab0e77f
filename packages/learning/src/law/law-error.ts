/** Why a law cannot be fitted to curves, or may not be used for advice. */
export type LawErrorCode =
  | "invalid-curve"
  | "too-few-curves"
  | "not-identified"
  | "unreliable"
  | "out-of-range"
  | "no-gradient-norms";

/** A refusal that says what is wrong with which curve, and what is needed instead. */
export class LawError extends Error {
  readonly code: LawErrorCode;
  /** The option that is out of range. */
  readonly option: string | undefined;
  constructor(code: LawErrorCode, message: string, option?: string) {
    super(message);
    this.name = "LawError";
    this.code = code;
    this.option = option;
  }
}
