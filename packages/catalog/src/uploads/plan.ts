/** How a dataset uses the columns of an upload, decided on the schema alone: before a run is queued, and again when it is read. */
import type { Task } from "../dataset.ts";
import type { UploadColumn, UploadSchema } from "./describe.ts";
import { sizeOf } from "./table.ts";

/** What a dataset of kind upload asks for. */
export interface UploadUse {
  readonly target?: string | undefined;
  readonly features?: readonly string[] | undefined;
  readonly categories: readonly string[];
  readonly task?: UploadTask | undefined;
  readonly classes?: number | undefined;
  readonly missing: "refuse" | "drop" | "mean";
  readonly length: number;
}

export const uploadTasks = ["classification", "regression", "text-classification", "factorisation"] as const;
export type UploadTask = Extract<Task, (typeof uploadTasks)[number]>;

export interface UploadPlan {
  readonly task: UploadTask;
  readonly target: UploadColumn | undefined;
  readonly features: readonly UploadColumn[];
  /** Of one example's input. */
  readonly shape: readonly number[];
  /** Memory that all examples take as float32 values. */
  readonly bytes: number;
}

/** The columns cannot be used like this; `field` is the dataset's field to change. */
export class UploadUseError extends Error {
  override readonly name = "UploadUseError";
  readonly field: string;
  readonly allowed: readonly string[] | undefined;
  constructor(field: string, message: string, allowed?: readonly string[]) {
    super(message);
    this.field = field;
    this.allowed = allowed;
  }
}

/** A text column with more values is no category. */
const mostCategories = 100;
const mostClasses = 1000;
/** Whole numbers with more values, or more than one for every two rows, are no classes without being told so. */
const likelyClasses = 20;

/** Returns the plan. `labels` is the schema of the upload that holds the target, when it is another one. Throws UploadUseError. */
export function planUpload(use: UploadUse, schema: UploadSchema, labels?: UploadSchema): UploadPlan {
  const own = schema.columns.map((column) => treated(column, use.categories));
  if (labels && labels.rows !== schema.rows) {
    throw new UploadUseError(
      "labels",
      `has ${labels.rows} rows, the upload ${schema.rows}; give one label for each row`,
    );
  }
  const target = targetOf(
    use,
    own,
    labels?.columns.map((column) => treated(column, use.categories)),
  );
  const features = featuresOf(use, own, labels ? undefined : target);
  const task = use.task ?? likelyTask(use, target, features, schema.rows);
  if ((task === "factorisation") !== (target === undefined)) {
    throw target
      ? new UploadUseError("task", "factorisation has no target; leave dataset.target out")
      : new UploadUseError("target", `is required for ${task}: the column to predict`, names(own));
  }
  checkComplete(use, target ? [...features, target] : features, target);
  if (target) checkTarget(use, task, target);
  const shape = shapeOf(use, task, features);
  const outputs = target && task === "regression" ? sizeOf(target.shape) : 1;
  const values = schema.rows * (sizeOf(shape) + outputs);
  return { task, target, features, shape, bytes: 4 * values };
}

const names = (columns: readonly UploadColumn[]): string[] => columns.map(({ name }) => name).slice(0, 100);

/** A column that the user calls categories is text, whatever it looks like. */
const treated = (column: UploadColumn, categories: readonly string[]): UploadColumn =>
  categories.includes(column.name) && column.shape.length === 0 ? { ...column, type: "text", invalid: null } : column;

function targetOf(
  { target }: UploadUse,
  own: readonly UploadColumn[],
  labels: readonly UploadColumn[] | undefined,
): UploadColumn | undefined {
  const among = labels ?? own;
  if (target === undefined) return labels?.length === 1 ? labels[0] : undefined;
  return columnNamed("target", target, among);
}

function columnNamed(field: string, name: string, among: readonly UploadColumn[]): UploadColumn {
  const column = among.find((candidate) => candidate.name === name);
  if (column) return column;
  const all = names(among);
  throw new UploadUseError(field, `"${name}" is no column of the upload; it has ${all.join(", ")}`, all);
}

function featuresOf(
  { features }: UploadUse,
  own: readonly UploadColumn[],
  target: UploadColumn | undefined,
): readonly UploadColumn[] {
  const chosen = features
    ? features.map((name, i) => columnNamed(`features[${i}]`, name, own))
    : own.filter(({ name }) => name !== target?.name);
  if (chosen.length === 0) throw new UploadUseError("features", "there is no column to predict from", names(own));
  if (target && chosen.some(({ name }) => name === target.name)) {
    throw new UploadUseError("features", `"${target.name}" is the target too; leave it out`);
  }
  return chosen;
}

function likelyTask(
  { classes }: UploadUse,
  target: UploadColumn | undefined,
  features: readonly UploadColumn[],
  rows: number,
): UploadTask {
  if (!target) return "factorisation";
  const { whole, distinct } = target;
  const few = classes !== undefined || (whole && distinct !== null && distinct <= Math.min(likelyClasses, rows / 2));
  if (target.type === "number" && !few) return "regression";
  const [only] = features;
  const text = features.length === 1 && only!.type === "text" && (only!.distinct ?? Infinity) > mostCategories;
  return text ? "text-classification" : "classification";
}

function checkComplete(use: UploadUse, used: readonly UploadColumn[], target: UploadColumn | undefined): void {
  for (const { name, invalid, missing, firstMissing } of used) {
    const field = name === target?.name ? "target" : "features";
    if (invalid) {
      const more = invalid.count > 1 ? ` (${invalid.count} such values)` : "";
      throw new UploadUseError(
        field,
        `row ${invalid.row}, column "${name}": "${invalid.text}" is not a ${/inf/i.test(invalid.text) ? "finite " : ""}number${more}; correct the file, leave the column out, or name it in dataset.categories if it holds names`,
      );
    }
    if (missing > 0 && use.missing === "refuse") {
      throw new UploadUseError(
        field,
        `row ${firstMissing}, column "${name}" has no value (${missing} such rows); fill it in, leave the column out, or set dataset.missing to drop or mean`,
      );
    }
    if (missing > 0 && use.missing === "mean" && field === "target") {
      throw new UploadUseError(
        "target",
        `row ${firstMissing}, column "${name}" has no value (${missing} such rows), and a target cannot be made up; set dataset.missing to drop`,
      );
    }
  }
}

function checkTarget({ classes }: UploadUse, task: UploadTask, target: UploadColumn): void {
  const { name, type, shape, distinct, min, max, minRow, maxRow, whole } = target;
  if (task === "regression") {
    if (type === "text") throw new UploadUseError("target", `"${name}" holds text, and regression predicts numbers`);
    return;
  }
  if (sizeOf(shape) !== 1) {
    throw new UploadUseError("target", `"${name}" holds arrays of shape [${shape.join(", ")}]; a class is one value`);
  }
  if (classes === undefined) {
    if (distinct === null && shape.length === 0) {
      throw new UploadUseError(
        "target",
        `"${name}" has more than ${mostClasses} different values, too many for classes; set dataset.task to regression if they are numbers`,
      );
    }
    if (distinct !== null && distinct < 2) {
      throw new UploadUseError("target", `"${name}" has the same value in all rows; there is nothing to tell apart`);
    }
    return;
  }
  if (type === "text" || !whole) {
    throw new UploadUseError("classes", `can be given only where the labels are whole numbers; "${name}" holds others`);
  }
  const outside = min! < 0 ? [minRow, min] : max! >= classes ? [maxRow, max] : undefined;
  if (outside) {
    throw new UploadUseError(
      "target",
      `row ${outside[0]}, column "${name}": label ${outside[1]} is out of range, must be a whole number from 0 to ${classes - 1}`,
    );
  }
  const present = new Set(target.classes.map(({ value }) => Number(value)));
  const empty = Array.from({ length: classes }, (_, label) => label).find((label) => !present.has(label));
  if (present.size === 0 || empty === undefined) return;
  throw new UploadUseError(
    "classes",
    `class ${empty} of ${classes} has no row in column "${name}"; add some, or leave dataset.classes out`,
  );
}

function shapeOf({ length }: UploadUse, task: UploadTask, features: readonly UploadColumn[]): readonly number[] {
  const [only] = features;
  if (task === "text-classification") {
    if (features.length === 1 && only!.type === "text") return [length];
    throw new UploadUseError("features", "text-classification reads one column of text; name it", names(features));
  }
  const isArray = ({ shape }: UploadColumn): boolean => shape.length > 1;
  if (features.some(isArray)) {
    if (features.length > 1) {
      throw new UploadUseError("features", "images cannot be joined with other columns; name one", names(features));
    }
    if (task !== "factorisation") return only!.shape.length === 2 ? [...only!.shape, 1] : only!.shape;
  }
  if (task === "factorisation") checkNonNegative(features);
  return [features.reduce((sum, column) => sum + widthOf(column), 0)];
}

/** Inputs that a column makes: one for each of its numbers, or of its categories. */
function widthOf({ name, type, shape, distinct }: UploadColumn): number {
  if (type === "number") return sizeOf(shape);
  if (distinct !== null && distinct <= mostCategories) return Math.max(1, distinct);
  throw new UploadUseError(
    "features",
    `column "${name}" holds ${distinct ?? "more than 1000"} different texts; at most ${mostCategories} can be told apart as categories: leave it out, or make it the only feature for text-classification`,
  );
}

function checkNonNegative(features: readonly UploadColumn[]): void {
  for (const { name, type, min, minRow } of features) {
    if (type === "text") throw new UploadUseError("features", `column "${name}" holds text; a matrix holds numbers`);
    if (min !== null && min < 0) {
      throw new UploadUseError(
        "features",
        `row ${minRow}, column "${name}": ${min} is negative; the matrix to factorise must not be`,
      );
    }
  }
}
