/** Operations on schedules, and the catalogue. */
import { z } from "zod";
import { Catalogue, Conversion, ForeignSchedule, Preview, PreviewSpec } from "../catalogue.ts";
import type { Operation } from "./operation.ts";

export const scheduleOperations = {
  getCatalogue: {
    method: "GET",
    path: "/v1/catalogue",
    tag: "Schedules",
    scope: "read",
    summary: "Schedules, models, datasets and optimizers with their parameter schemas",
    ok: { status: 200, body: Catalogue },
    problems: [],
  },
  previewSchedule: {
    method: "POST",
    path: "/v1/schedules/preview",
    tag: "Schedules",
    scope: "read",
    summary: "The rates of a schedule without training",
    body: PreviewSpec,
    ok: { status: 200, body: Preview },
    problems: ["run_not_found", "series_not_found"],
  },
  convertSchedule: {
    method: "POST",
    path: "/v1/schedules/convert",
    tag: "Schedules",
    scope: "read",
    summary: "Turn a PyTorch, Transformers or Keras scheduler into an Etude schedule",
    body: ForeignSchedule,
    ok: { status: 200, body: Conversion },
    problems: ["conversion_failed"],
  },
  traceSchedules: {
    method: "POST",
    path: "/v1/schedules/trace",
    tag: "Schedules",
    scope: "read",
    summary: "Rates step by step of foreign or own schedules",
    body: z
      .strictObject({ cases: z.array(z.record(z.string(), z.unknown())).min(1).max(1000) })
      .meta({ id: "TraceSpec" }),
    ok: { status: 200, body: z.object({ traces: z.array(z.object({ lr: z.array(z.number()) })) }) },
    problems: ["conversion_failed", "past_end"],
  },
} as const satisfies Record<string, Operation>;
