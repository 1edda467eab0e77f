/** A document as JSON has it. */
type Document = Record<string, unknown>;

const isObject = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // The fields of one kind mean nothing to another: a part that names its kind replaces the old part.
  const base = isObject(target) && !Object.hasOwn(patch, "kind") ? target : {};
  return mergeFields(base, patch);
}

function mergeFields(target: Document, patch: Document): Document {
  const result = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merge(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/**
 * Applies a JSON merge patch (RFC 7396) to a run's spec: null removes a field, an object merges, anything else
 * replaces. One addition: an object below the top that gives `kind` replaces the whole part.
 */
export const applyChanges = (spec: Document, changes: Document): Document => mergeFields(spec, changes);
