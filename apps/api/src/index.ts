export { buildApp } from "./app.ts";
export { openApiDocument } from "./openapi.ts";
export type { Parts } from "./parts.ts";
export { reconcile, startReconciler, type ReconcileParts } from "./reconcile.ts";
