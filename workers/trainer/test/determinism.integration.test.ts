import { expect, test } from "vitest";
import { everyCombination, historyHashes, pairwise } from "./kit/histories.ts";

test.each(["wasm", "cpu"] as const)(
  "each pair of model, optimizer and schedule gives the same history in two processes on %s",
  async (backend) => {
    // Convolutions and attention are a hundred times slower on cpu; determinism.long.test.ts trains them there too.
    const slow = new Set(backend === "cpu" ? ["cnn", "transformer", "recurrent"] : []);
    const specs = pairwise(everyCombination().filter(({ model }) => !slow.has(model.kind)));
    const [one, other] = await Promise.all([historyHashes(specs, backend), historyHashes(specs, backend)]);
    expect(one).toHaveLength(specs.length);
    expect(new Set(one).size).toBeGreaterThan(specs.length / 2);
    expect(other).toEqual(one);
  },
  120_000,
);
