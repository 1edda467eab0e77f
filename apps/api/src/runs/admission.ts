import type { IncomingMessage } from "node:http";

export interface AdmissionLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** Bounds what large requests hold at a time; those beyond it are told to come again before their body is read. */
export class Admission {
  readonly #limits: AdmissionLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Returns what ends the stay, or undefined when there is no room now. One request alone always has room. */
  admit(bytes: number): (() => void) | undefined {
    if (this.#requests > 0 && (this.#requests >= this.#limits.requests || this.#bytes + bytes > this.#limits.bytes))
      return undefined;
    this.#requests += 1;
    this.#bytes += bytes;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#requests -= 1;
      this.#bytes -= bytes;
    };
  }
}

/** Bytes that a request says it has; `otherwise` when it comes in pieces. */
export function announcedBytes({ headers }: Pick<IncomingMessage, "headers">, otherwise: number): number {
  const length = Number(headers["content-length"] ?? Number.NaN);
  return Number.isFinite(length) ? length : otherwise;
}
