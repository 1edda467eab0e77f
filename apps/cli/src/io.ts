import type { Readable } from "node:stream";

/** A stream for text, perhaps a terminal. */
export interface TextOut {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Of terminals: whether it shows colours; knows NO_COLOR and FORCE_COLOR. */
  hasColors?(env: Readonly<Record<string, string | undefined>>): boolean;
  on?(event: "resize", listener: () => void): unknown;
  off?(event: "resize", listener: () => void): unknown;
}

/** The world as a command sees it; tests bring their own. */
export interface Io {
  readonly stdout: TextOut;
  readonly stderr: TextOut;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Where `login` keeps address and key. */
  readonly configFile: string;
  /** Aborts on Ctrl-C. */
  readonly interrupt: AbortSignal;
}
