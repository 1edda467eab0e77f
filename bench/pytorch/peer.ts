import { startPython } from "./python.ts";
import type { Theirs } from "./schedule-cases.ts";

export interface Versions {
  readonly python: string;
  readonly torch: string;
  readonly transformers: string;
}

export type Measured = { readonly seconds: number; readonly sum: number } | { readonly error: string };

interface Question {
  readonly theirs: Theirs;
  readonly rate: number;
  readonly steps: number;
}

/** A Python process with PyTorch that measures one case at a time. */
export interface Peer {
  readonly versions: Versions;
  measure(theirs: Theirs, rate: number, steps: number): Promise<Measured>;
  close(): void;
}

/** Starts the peer; undefined without a Python that has PyTorch. */
export async function startPeer(): Promise<Peer | undefined> {
  const python = await startPython<Versions, Question, Measured>("schedules.py");
  return (
    python && {
      versions: python.versions,
      measure: (theirs, rate, steps) => python.ask({ theirs, rate, steps }),
      close: () => python.close(),
    }
  );
}
