import type { Data, Examples } from "../dataset.ts";

/**
 * Checks sizes, and every value: finite inputs and targets, classes and tokens in range, no class without a training
 * example. Throws an Error that names part, row and column (all 0-based), the value, and what is allowed.
 */
export function checkData(data: Data): void {
  const { task, vocabulary, outputs, shape, train, validation } = data;
  const labelled = task === "classification" || task === "text-classification";
  const width = shape.reduce((a, b) => a * b, 1);
  const widths = { inputs: width, targets: labelled ? 1 : task === "regression" ? outputs : width };
  for (const [name, part] of Object.entries({ training: train, validation })) {
    if (part.count < 1) throw new Error(`the ${name} part has no example; give it at least one`);
    for (const side of ["inputs", "targets"] as const) {
      const expected = part.count * widths[side];
      if (part[side].length !== expected) {
        throw new Error(
          `the ${name} part has ${part[side].length} values as ${side}, expected ${expected}: ${part.count} examples of ${widths[side]}`,
        );
      }
    }
    checkValues(name, "input", part.inputs, widths.inputs, vocabulary);
    const classes = labelled || task === "next-token" ? outputs : undefined;
    if (part.targets !== part.inputs) checkValues(name, "target", part.targets, widths.targets, classes);
  }
  if (labelled) checkClasses(train, outputs);
}

/** With `below`, values must be whole numbers from 0 to before it; otherwise finite. */
function checkValues(part: string, what: string, values: Float32Array, width: number, below: number | undefined): void {
  const bad = below === undefined ? firstInfinite(values) : firstOutside(values, below);
  if (bad < 0) return;
  const allowed = below === undefined ? "a finite number" : `a whole number from 0 to ${below - 1}`;
  throw new Error(
    `row ${Math.floor(bad / width)}, ${what} ${bad % width} of the ${part} part is ${values[bad]}, must be ${allowed}; correct or remove that row`,
  );
}

function firstInfinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

function firstOutside(values: Float32Array, below: number): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value < below)) return i;
  }
  return -1;
}

function checkClasses({ targets }: Examples, classes: number): void {
  const present = new Set(targets);
  for (let label = 0; label < classes; label++) {
    if (!present.has(label)) {
      throw new Error(`class ${label} of ${classes} has no training example; give it some, or leave the class out`);
    }
  }
}
