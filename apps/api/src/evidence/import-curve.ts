/** A learning curve from elsewhere becomes an external run with evidence. */
import { type CurveImport, type Evidence, NewEvidence, type Run, RunSpec } from "@etude/contracts";
import type { Database } from "@etude/db";
import { baseRateOf, completeEvidence, hashOf, outcomeOfCurve, transferRate } from "@etude/learning";
import { summarise } from "../runs/summarise.ts";

function rowOf({ task, features, label, schedule, seed, curve }: CurveImport, run: Run, importId: string): Evidence {
  const losses = Float64Array.from(curve.loss, Number);
  const [start] = losses;
  const known = { ...features, lossAtStart: features.lossAtStart ?? (Number.isFinite(start) ? start! : null) };
  const peak = curve.rate.reduce((a, b) => Math.max(a, b), 0);
  const unit = transferRate(schedule ?? null, task, known);
  return completeEvidence(
    NewEvidence.parse({
      source: "import",
      engine: "external",
      runId: run.id,
      importId,
      task,
      features: known,
      schedule: schedule ?? null,
      scheduleKind: schedule?.kind ?? "curve",
      label,
      ...unit,
      // Without a schedule, or with one in another unit, the curve tells its peak.
      ...(schedule && baseRateOf(schedule) !== null ? {} : { baseRate: peak, transferRate: peak, rateUnit: "rate" }),
      seed,
      outcome: {
        ...outcomeOfCurve({ steps: curve.step, losses }),
        gradientEvaluations: task.steps,
        seconds: 0,
      },
      at: run.createdAt,
    }),
  );
}

/** Returns the run and its evidence; the same curve again returns the run that it made first. */
export async function importCurve(
  db: Database,
  body: CurveImport,
): Promise<{ run: Run; evidence: Evidence; added: boolean }> {
  const { task, label, schedule, seed, curve } = body;
  const importId = hashOf(body);
  const spec = RunSpec.parse({
    kind: "external",
    name: `${task.id} · ${label}`.slice(0, 200),
    dataset: task.dataset.slice(0, 64),
    model: task.model.slice(0, 64),
    optimizer: task.optimizer.slice(0, 64),
    ...(schedule && { schedule }),
    horizon: task.steps,
    seed,
    tags: { imported: "curve" },
  });
  const { runs, created } = await db.runs.create([{ spec }], { key: `import ${importId}`, body });
  const made = runs[0]!;
  const row = rowOf(body, made, importId);
  // What an interrupted import left out is made up for: points that are there are skipped.
  if (made.status !== "completed") {
    const steps = Float64Array.from(curve.step);
    const series = [
      { key: "train/loss", from: 0, steps, values: Float64Array.from(curve.loss, Number) },
      { key: "learning-rate", from: 0, steps, values: Float64Array.from(curve.rate) },
    ];
    await db.appendPoints(made.id, { series });
    await db.evidence.add([row]);
    const summary = summarise(made, await db.history.summaries(made.id), { steps: task.steps, seconds: 0 });
    await db.runs.finish(made.id, made.attempt, { outcome: "completed", summary });
  }
  return { run: await db.runs.get(made.id), evidence: row, added: created };
}
