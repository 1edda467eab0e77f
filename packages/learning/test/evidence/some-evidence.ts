import { NewEvidence, type Evidence, type NewEvidenceInput } from "@etude/contracts";
import { completeEvidence, transferRate } from "../../src/index.ts";

export interface Trial {
  readonly task: string;
  readonly schedule: NonNullable<NewEvidenceInput["schedule"]>;
  readonly seed: number;
  readonly loss: number;
  readonly family?: string;
  readonly optimizer?: string;
  readonly domain?: NewEvidenceInput["task"]["domain"];
  readonly model?: string;
  readonly steps?: number;
  readonly role?: "tuning" | "evaluation";
  readonly features?: NewEvidenceInput["features"];
  readonly studyId?: string;
}

/** A row of evidence as a study would write it. */
export function evidence({ task, schedule, seed, loss, ...more }: Trial): Evidence {
  const { family = task, optimizer = "sgd", domain = "tabular", model = "linear", steps = 400 } = more;
  const described = { id: task, family, domain, dataset: family, model, optimizer, batchSize: 32, steps };
  const diverged = !Number.isFinite(loss);
  const first = NewEvidence.parse({
    source: "study",
    engine: "array",
    studyId: more.studyId ?? "plan-1",
    task: described,
    features: more.features ?? {},
    schedule,
    scheduleKind: schedule.kind,
    baseRate: null,
    transferRate: null,
    seed,
    role: more.role,
    outcome: {
      finalTrainLoss: diverged ? "Infinity" : loss,
      bestTrainLoss: diverged ? "Infinity" : loss,
      tailTrainLoss: diverged ? "Infinity" : loss,
      diverged,
      gradientEvaluations: steps,
      seconds: 0.1,
    },
    at: "2026-11-24T12:00:00.000Z",
  });
  return completeEvidence({ ...first, ...transferRate(first.schedule, first.task, first.features) });
}
