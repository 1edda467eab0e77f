import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** What must be known to reach a server again after its parent died: kept in `<dir>/<server>.json`, readable by its owner only. */
export interface ServerState {
  port: number;
  password: string;
  /** Only when the data had to be placed outside the given folder. */
  dataDir?: string;
}

/** The saved state, or null when there is none or it cannot be read. */
export function readState(path: string): ServerState | null {
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as ServerState;
    return typeof state.password === "string" && Number.isInteger(state.port) ? state : null;
  } catch {
    return null;
  }
}

/** Replaces the state in one step, so that a kill in between leaves the old one whole. */
export function writeState(path: string, state: ServerState): void {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
