import type { TextOut } from "../io.ts";

const enter = "\u001B[?1049h\u001B[?25l";
const leave = "\u001B[?25h\u001B[?1049l";
// Synchronised output: the terminal shows a frame whole or not at all.
const begin = "\u001B[?2026h\u001B[H";
const end = "\u001B[0J\u001B[?2026l";

/** The terminal's second screen, redrawn in place; what was on the first one comes back on leaving. */
export class Screen {
  readonly #out: TextOut;
  constructor(out: TextOut) {
    this.#out = out;
    out.write(enter);
  }

  get columns(): number {
    return this.#out.columns ?? 80;
  }
  get rows(): number {
    return this.#out.rows ?? 24;
  }

  /** Shows lines from the top; there must be no more of them than rows. */
  show(lines: readonly string[]): void {
    this.#out.write(`${begin}${lines.map((line) => `${line}\u001B[0K`).join("\n")}${end}`);
  }

  leave(): void {
    this.#out.write(leave);
  }
}
