import { unzipSync } from "fflate";
import { parse } from "npyjs";
import { numberColumn } from "./cells.ts";
import { checkTableSize, type Column, sizeOf, type Table, UploadError } from "./table.ts";

/** A matrix with at most so many columns is a table; a wider one is one column of vectors. */
const mostColumns = 1000;

/**
 * Reads one array in the NPY format: [n] is a column `values`, [n, k] a table with the columns column-1 … column-k, and
 * [n, …] a column `values` of arrays, such as images. Throws UploadError.
 */
export function readNpy(bytes: Uint8Array): Table {
  const { rows, shape, values } = arrayOf("the array", bytes);
  const [width] = shape;
  if (shape.length !== 1 || width! > mostColumns) {
    return { format: "npy", rows, columns: [numberColumn("values", shape, values)] };
  }
  const columns = Array.from({ length: width! }, (_, at): Column => {
    const own = Float64Array.from({ length: rows }, (_row, row) => values[row * width! + at]!);
    return numberColumn(`column-${at + 1}`, [], own);
  });
  return { format: "npy", rows, columns };
}

/** Reads the arrays of an NPZ file; each is a column, and all have the same first axis. Throws UploadError. */
export function readNpz(bytes: Uint8Array): Table {
  let unpacked = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({ name, originalSize }) {
        checkTableSize(1, (unpacked += originalSize));
        return name.endsWith(".npy");
      },
    });
  } catch (error) {
    if (error instanceof UploadError) throw error;
    throw new UploadError(`the file begins like an NPZ and cannot be unpacked: ${(error as Error).message}`);
  }
  const arrays = Object.entries(files).map(([file, content]) => {
    const name = file.slice(0, -".npy".length);
    return { name, ...arrayOf(`array "${name}"`, content) };
  });
  const [first] = arrays;
  if (!first) throw new UploadError("the archive holds no .npy array; write one with numpy.savez");
  for (const { name, rows } of arrays) {
    if (rows !== first.rows) {
      throw new UploadError(
        `array "${name}" has ${rows} rows, "${first.name}" ${first.rows}; give all arrays the same first axis`,
      );
    }
  }
  return {
    format: "npz",
    rows: first.rows,
    columns: arrays.map(({ name, shape, values }) => numberColumn(name, shape, values)),
  };
}

interface Rows {
  readonly rows: number;
  /** Of one row. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

function arrayOf(what: string, bytes: Uint8Array): Rows {
  let array: ReturnType<typeof parse>;
  try {
    array = parse(bytes.slice().buffer);
  } catch (error) {
    // The reader takes lengths on trust: of a file cut short it says what typed array could not be made.
    const why = error instanceof RangeError ? "it is shorter than its header says" : (error as Error).message;
    throw new UploadError(`${what} cannot be read as NPY: ${why}; save it whole, and numbers, not objects`);
  }
  const { data, dtype, fortranOrder } = array;
  const shape = array.shape.map(Number);
  if (/^[Uc]/.test(dtype))
    throw new UploadError(`${what} has dtype ${dtype}; save real numbers: array.astype("float32")`);
  const [rows = 0, ...rest] = shape;
  if (rows === 0) throw new UploadError(`${what} has shape [${shape.join(", ")}] and so no row; give at least two`);
  checkTableSize(rows, sizeOf(rest));
  const values =
    data instanceof BigInt64Array || data instanceof BigUint64Array ? Float64Array.from(data, Number) : data;
  const numbers = values as unknown as ArrayLike<number>;
  if (numbers.length !== sizeOf(shape)) {
    throw new UploadError(
      `${what} holds ${numbers.length} values, its shape [${shape.join(", ")}] needs ${sizeOf(shape)}`,
    );
  }
  return { rows, shape: rest, values: fortranOrder && rest.length > 0 ? rowMajor(numbers, shape) : numbers };
}

/** Returns column-major values in row-major order. */
function rowMajor(values: ArrayLike<number>, shape: readonly number[]): Float64Array {
  const ordered = new Float64Array(values.length);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const index = shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    ordered[index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)] = values[i]!;
    for (let axis = 0; axis < shape.length && ++index[axis]! === shape[axis]; axis++) index[axis] = 0;
  }
  return ordered;
}
