import type { Run } from "@etude/contracts";

/** A run as the server describes it. */
export const aRun = (changes: Partial<Run> = {}): Run =>
  ({
    id: "0193a8f0-0000-7000-8000-0000aaaa0001",
    name: "digits mlp greedy",
    status: "running",
    spec: {
      kind: "training",
      dataset: { kind: "digits" },
      model: { kind: "mlp" },
      optimizer: { kind: "momentum" },
      schedule: { kind: "greedy", rate: 0.1 },
      budget: { steps: 1000 },
      seed: 1,
      tags: {},
    },
    studyId: null,
    clonedFrom: null,
    attempt: 1,
    step: 0,
    horizon: 1000,
    points: 0,
    backend: { name: "wasm", library: "tfjs 4.22.0", device: "wasm", reproducible: true, refused: [] },
    parameters: 26_122,
    failure: null,
    summary: null,
    queuedAt: "2026-01-01T00:00:00.000Z",
    startedAt: "2026-01-01T00:00:01.000Z",
    endedAt: null,
    lastAppendAt: null,
    stale: false,
    createdAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  }) as unknown as Run;
