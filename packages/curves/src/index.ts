export * from "./align.ts";
export * from "./band.ts";
export * from "./buckets.ts";
export { Columns, firstAtLeast } from "./columns.ts";
export * from "./measures.ts";
export * from "./quantiles.ts";
export * from "./rate-shape.ts";
export * from "./smoothing.ts";
