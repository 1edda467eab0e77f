import { expect, test } from "vitest";
import { everyCombination, historyHashes } from "./kit/histories.ts";

test.each(["wasm", "cpu"] as const)(
  "each model, optimizer and schedule gives the same history in two processes on %s",
  async (backend) => {
    const specs = everyCombination();
    const [one, other] = await Promise.all([historyHashes(specs, backend), historyHashes(specs, backend)]);
    expect(one).toHaveLength(specs.length);
    expect(other).toEqual(one);
  },
  1_800_000,
);
