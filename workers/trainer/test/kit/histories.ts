import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { combinationProblem, models, optimizers, schedules } from "@etude/catalog";
import type { BackendName, TrainingSpec, TrainingSpecInput } from "@etude/contracts";
import { combination } from "./every-combination.ts";

/** These need a finished run or a policy from elsewhere. */
const fromElsewhere = new Set(["replay", "learned"]);

/** Every (model, optimizer, schedule kind) that may be run, as a run of a few steps. */
export function everyCombination(): TrainingSpec[] {
  return models.flatMap((model) =>
    optimizers.flatMap((optimizer) =>
      schedules.flatMap((schedule) => {
        if (fromElsewhere.has(schedule.kind)) return [];
        const changes = {
          schedule: schedule.example as TrainingSpecInput["schedule"],
          budget: { steps: 4 },
          evaluateEvery: 4,
          batchSize: 8,
        };
        const run = combination(model, optimizer, { ...changes, schedule: { kind: "constant", rate: 0.005 } });
        const asked = { ...run, schedule: schedule.example } as TrainingSpec;
        return combinationProblem(run.optimizer, asked.schedule) === undefined ? [asked] : [];
      }),
    ),
  );
}

/** Few of the specs, such that each pair of (model, optimizer), (model, schedule), (optimizer, schedule) occurs. Greedy. */
export function pairwise(specs: readonly TrainingSpec[]): TrainingSpec[] {
  const pairsOf = ({ model, optimizer, schedule }: TrainingSpec): string[] => [
    `${model.kind} ${optimizer.kind}`,
    `${model.kind} / ${schedule.kind}`,
    `${optimizer.kind} // ${schedule.kind}`,
  ];
  const missing = new Set(specs.flatMap(pairsOf));
  const chosen: TrainingSpec[] = [];
  for (const wanted of [3, 2, 1]) {
    for (const spec of specs) {
      const fresh = pairsOf(spec).filter((pair) => missing.has(pair));
      if (fresh.length < wanted) continue;
      chosen.push(spec);
      for (const pair of fresh) missing.delete(pair);
    }
  }
  return chosen;
}

/** The hashes of the specs' histories, each trained in a new process that trains them all. */
export async function historyHashes(specs: readonly TrainingSpec[], backend: BackendName): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "etude-histories-"));
  try {
    const file = join(folder, "specs.json");
    writeFileSync(file, JSON.stringify(specs));
    const script = fileURLToPath(new URL("hash-histories.ts", import.meta.url));
    const options = ["--conditions=source", "--import", "tsx", script, file, backend];
    const { stdout } = await promisify(execFile)(process.execPath, options, { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as string[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
