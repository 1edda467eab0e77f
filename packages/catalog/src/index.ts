export * from "./schedule.ts";
export type * from "./dataset.ts";
export type * from "./loss.ts";
export type * from "./metric.ts";
export { losses, lossProblem, LossSpec } from "./losses/_spec.ts";
export type * from "./model.ts";
export type * from "./optimizer.ts";
export * from "./random.ts";
export * from "./specs.ts";
export { checkData } from "./datasets/_check.ts";
export { UploadColumn, UploadSchema } from "./uploads/describe.ts";
export { planUpload, type UploadPlan, UploadUseError } from "./uploads/plan.ts";
export { largestEigenvalue } from "./models/_spectral.ts";
export { descendAll, sumSquares } from "./training-kernels.ts";
export * from "./clipping.ts";
export * from "./combinations.ts";
export * from "./batch-order.ts";
export * from "./bind-schedule.ts";
export * from "./recorded-metrics.ts";
export * from "./start-at.ts";
export * from "./conversion/convert-schedule.ts";
export { ConversionError, type ConversionCode } from "./conversion/foreign.ts";
export * from "./conversion/trace-case.ts";
export * from "./policy.ts";
export { shippedPolicies } from "./policies/shipped.ts";
export {
  policyMachine,
  type DecisionMoment,
  type PolicySettings,
  type PolicyState,
} from "./schedules/_policy-machine.ts";
export { policyFeatures } from "./schedules/_policy-features.ts";
export * from "./follow-schedule.ts";
export * from "./preview-schedule.ts";
export { Tail, Warmup } from "./combinators.ts";
export * from "./schedule-kinds.ts";
export * from "./schedule-spec.ts";
export { schedulesIn } from "./schedules-in.ts";
