/**
 * `npm run study -- finer-grids`: writes docs/studies/finer-grids-plan.json, the plan behind always-wsd and always-cosine of
 * the shoot-out. Another plan than the flagship's: FINER_GRIDS_OF=plan.json. It needs no server; run it with
 * `npm run etude -- study run docs/studies/finer-grids-plan.json --out DIR`.
 */
import { readFileSync } from "node:fs";
import { freezePlan } from "@etude/learning";
import { finerPlan } from "./lib/finer-plan.ts";
import type { Report } from "./lib/run-all.ts";

/** Schedules in a list of the shoot-out. */
const k = 3;

export async function run(): Promise<Report> {
  const file = process.env["FINER_GRIDS_OF"] ?? new URL("../docs/studies/flagship-plan.json", import.meta.url);
  const { plan } = freezePlan(JSON.parse(readFileSync(file, "utf8")));
  const { text } = freezePlan(finerPlan(plan, k, ["wsd", "cosine"]));
  return { "finer-grids-plan.json": text };
}
