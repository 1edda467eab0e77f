import { type Data, DatasetSpec, planUpload, type UploadPlan, UploadUseError } from "@etude/catalog";
import { buildData, describeTable, readTable } from "@etude/catalog/uploads";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { dump } from "npyjs";
import { describe, expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const npy = (values: number[], shape: number[], dtype: "f4" | "u1" = "f4"): Uint8Array =>
  new Uint8Array(dump(values, shape, { dtype }));

type Settings = Parameters<typeof buildData>[0];
const use = (fields: object): Settings =>
  DatasetSpec.parse({ kind: "upload", upload: "0".repeat(64), ...fields }) as unknown as Settings;

const flowers = [
  "length;width;species",
  ...Array.from({ length: 40 }, (_, i) => `${i};${(i * 7) % 13}.5;${i % 4 ? "setosa" : "virginica"}`),
].join("\n");

async function load(file: Uint8Array, fields: object, labels?: Uint8Array): Promise<Data> {
  const settings = use(fields);
  return buildData(settings, await readTable(file, settings.categories), labels && (await readTable(labels)));
}

async function plan(csv: string, fields: object): Promise<UploadPlan> {
  return planUpload(use(fields), describeTable(await readTable(bytes(csv))));
}

describe("reading", () => {
  test("a CSV: delimiter, names, types, missing values and classes", async () => {
    const schema = describeTable(await readTable(bytes("age;name\r\n1;x\r\n;y\r\n3.5;x\r\n")));
    expect(schema).toMatchObject({ format: "csv", rows: 3, delimiter: ";", header: true });
    expect(schema.columns).toMatchObject([
      {
        name: "age",
        type: "number",
        missing: 1,
        firstMissing: 2,
        min: 1,
        max: 3.5,
        minRow: 1,
        maxRow: 3,
        whole: false,
      },
      {
        name: "name",
        type: "text",
        missing: 0,
        distinct: 2,
        classes: [
          { value: "x", rows: 2 },
          { value: "y", rows: 1 },
        ],
      },
    ]);
  });

  test("without a line of names, columns are counted", async () => {
    const { columns, rows } = await readTable(bytes("1,2\n3,4\n"));
    expect([rows, columns.map(({ name }) => name)]).toEqual([2, ["column-1", "column-2"]]);
  });

  test("text in quotation marks may hold delimiter, line break and quotation mark", async () => {
    const { columns } = await readTable(bytes('a,b\n"x, ""y""\nz",1\nw,2\n'));
    expect(columns[0]).toMatchObject({ type: "text", values: ['x, "y"\nz', "w"] });
  });

  test("an NPY file that was cut short says so", async () => {
    const cut = npy([1, 2, 3, 4, 5, 6], [3, 2]).subarray(0, -2);
    await expect(readTable(cut)).rejects.toThrow(/NPY: it is shorter than its header says/);
  });

  test("an NPY matrix is a table, also when it lies column by column; images are one column", async () => {
    const matrix = await readTable(npy([1, 2, 3, 4, 5, 6], [3, 2]));
    expect(matrix.columns.map(({ values }) => [...(values as Iterable<number>)])).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    const fortran = npy([1, 3, 5, 2, 4, 6], [3, 2]);
    const header = new TextDecoder("latin1").decode(fortran.subarray(0, 128)).replace("False", "True ");
    fortran.set(Uint8Array.from(header, (char) => char.charCodeAt(0)));
    expect((await readTable(fortran)).columns).toEqual(matrix.columns);
    const images = await readTable(
      npy(
        Array.from({ length: 2 * 12 }, (_, i) => i),
        [2, 2, 3, 2],
        "u1",
      ),
    );
    expect(images).toMatchObject({ rows: 2, columns: [{ name: "values", shape: [2, 3, 2] }] });
  });

  test("an NPZ has a column for each array", async () => {
    const archive = zipSync({
      "x.npy": npy([1, 2, 3, 4], [2, 2]),
      "y.npy": new Uint8Array(dump(new BigInt64Array([0n, 1n]), [2])),
    });
    expect(describeTable(await readTable(archive)).columns).toMatchObject([
      { name: "x", shape: [2] },
      { name: "y", shape: [], whole: true, distinct: 2 },
    ]);
    const uneven = zipSync({ "x.npy": npy([1, 2], [2]), "y.npy": npy([0], [1]) });
    await expect(readTable(uneven)).rejects.toThrow('array "y" has 1 rows, "x" 2; give all arrays the same first axis');
  });

  test("a Parquet file, compressed: numbers, large integers, booleans, texts and gaps", async () => {
    const file = parquetWriteBuffer({
      columnData: [
        { name: "size", data: [1.5, null, 3], type: "DOUBLE" },
        { name: "id", data: [1n, 2n, 3n], type: "INT64" },
        { name: "ripe", data: [true, false, true], type: "BOOLEAN" },
        { name: "kind", data: ["a", "b", "a"], type: "STRING" },
      ],
      codec: "SNAPPY",
    });
    expect(describeTable(await readTable(new Uint8Array(file)))).toMatchObject({
      format: "parquet",
      rows: 3,
      columns: [
        { name: "size", type: "number", missing: 1, firstMissing: 2, max: 3 },
        { name: "id", type: "number", whole: true, distinct: 3 },
        { name: "ripe", type: "text", classes: [{ value: "false" }, { value: "true" }] },
        { name: "kind", type: "text", distinct: 2 },
      ],
    });
    const lists = parquetWriteBuffer({ columnData: [{ name: "x", data: [[1], [2]], type: "JSON" }] });
    await expect(readTable(new Uint8Array(lists))).rejects.toThrow('row 1, column "x" holds a list or a structure');
  });

  test.each([
    ["", "the file is empty"],
    ["a,b\n", "the file holds no row of data"],
    ["a,b\n1,2\n3\n", "row 2 has 1 value, the first line 2"],
    ["a,a\n1,2\n", 'two columns are named "a"'],
    ['a,b\n1,"2\n3,4\n', "row 1: a quotation mark is not closed"],
    ["PAR1 is no Parquet", "the file begins like Parquet and cannot be read"],
    ["\u0000\u0001", "neither text nor NPY, NPZ or Parquet"],
  ])("refuses %j", async (text, message) => {
    await expect(readTable(bytes(text))).rejects.toThrow(message);
  });

  test("refuses what is cut off or holds objects, by name", async () => {
    await expect(readTable(npy([1, 2, 3, 4], [4]).subarray(0, -4))).rejects.toThrow("the array");
    await expect(readTable(bytes("PK\u0003\u0004 and no more"))).rejects.toThrow("begins like an NPZ");
  });
});

describe("using", () => {
  test("a table for classification: standardised, split by class, classes in order", async () => {
    const data = await load(bytes(flowers), { target: "species" });
    expect(data).toMatchObject({ task: "classification", shape: [2], outputs: 2 });
    expect([data.train.count, data.validation.count]).toEqual([32, 8]);
    expect(data.validation.targets.filter((label) => label === 1).length).toBe(2);
    const mean = data.train.inputs.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0) / 32;
    expect(mean).toBeCloseTo(0, 5);
    expect(await load(bytes(flowers), { target: "species" })).toEqual(data);
    expect(await load(bytes(flowers), { target: "species", splitSeed: 1 })).not.toEqual(data);
  });

  test("a number with many values is a regression; texts become categories", async () => {
    const data = await load(bytes(flowers), { target: "length", standardise: false });
    expect(data).toMatchObject({ task: "regression", shape: [3], outputs: 1 });
    const row = data.train.targets[0]!;
    expect([...data.train.inputs.subarray(0, 3)]).toEqual([((row * 7) % 13) + 0.5, row % 4 ? 1 : 0, row % 4 ? 0 : 1]);
  });

  test("images with labels in another file are scaled from bytes", async () => {
    const images = npy(
      Array.from({ length: 10 * 16 }, (_, i) => (i * 37) % 256),
      [10, 4, 4],
      "u1",
    );
    const labels = npy(
      Array.from({ length: 10 }, (_, i) => i % 2),
      [10],
      "u1",
    );
    const data = await load(images, { labels: "1".repeat(64), target: "values" }, labels);
    expect(data).toMatchObject({ task: "classification", shape: [4, 4, 1], outputs: 2 });
    expect(Math.max(...data.train.inputs, ...data.validation.inputs)).toBeLessThanOrEqual(1);
    const few = npy([0, 1, 0], [3], "u1");
    await expect(load(images, { labels: "1".repeat(64) }, few)).rejects.toThrow("has 3 rows, the upload 10");
  });

  test("texts become words, the most frequent of the training part first", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `"The ${i % 2 ? "good" : "bad"} film, number ${i}",${i % 2}`);
    const data = await load(bytes(["text,label", ...rows].join("\n")), { target: "label", vocabulary: 10, length: 6 });
    expect(data).toMatchObject({ task: "text-classification", shape: [6], vocabulary: 10, outputs: 2 });
    // film, number, the: each as often, so in the order of the alphabet; then bad and good; numbers are rarer.
    const good = data.train.targets.indexOf(1);
    expect([...data.train.inputs.subarray(6 * good, 6 * good + 4)]).toEqual([4, expect.any(Number), 2, 3]);
    expect(data.train.inputs[6 * good + 5]).toBe(0);
  });

  test("a matrix without a target is for factorisation", async () => {
    const data = await load(npy([1, 2, 3, 4, 5, 6], [3, 2]), {});
    expect(data).toMatchObject({ task: "factorisation", shape: [2], train: { count: 3 } });
    await expect(load(npy([1, -2, 3, 4], [2, 2]), {})).rejects.toThrow('row 1, column "column-2": -2 is negative');
  });

  test("missing values: refused by row and column, dropped, or filled with the training part's mean", async () => {
    const gaps = flowers.replace("\n5;", "\n;");
    await expect(load(bytes(gaps), { target: "species" })).rejects.toThrow(
      'row 6, column "length" has no value (1 such rows)',
    );
    const dropped = await load(bytes(gaps), { target: "species", missing: "drop" });
    expect(dropped.train.count + dropped.validation.count).toBe(39);
    const filled = await load(bytes(gaps), { target: "species", missing: "mean", standardise: false });
    expect(filled.train.count + filled.validation.count).toBe(40);
    expect([...filled.train.inputs, ...filled.validation.inputs].every(Number.isFinite)).toBe(true);
  });

  test("label noise touches the training labels only", async () => {
    const [clean, noisy] = [{}, { labelNoise: 0.9 }].map((more) =>
      load(bytes(flowers), { target: "species", ...more }),
    );
    expect((await noisy!).validation).toEqual((await clean!).validation);
    expect((await noisy!).train.targets).not.toEqual((await clean!).train.targets);
  });
});

describe("refuses, naming field, row and column", () => {
  const spoilt = flowers.replace("\n16;", "\nabc;");

  test.each([
    ["flowers", { target: "spezies" }, "target", '"spezies" is no column of the upload; it has length, width, species'],
    ["flowers", { target: "species", features: ["height"] }, "features[0]", '"height" is no column'],
    ["flowers", { target: "species", features: ["species"] }, "features", '"species" is the target too'],
    ["flowers", { target: "species", task: "regression" }, "target", '"species" holds text'],
    ["flowers", { task: "classification" }, "target", "is required for classification"],
    ["flowers", { target: "species", task: "factorisation" }, "task", "factorisation has no target"],
    ["spoilt", { target: "species" }, "features", 'row 17, column "length": "abc" is not a number'],
    ["a,b\n1,0\n2,9\n3,1\n", { target: "b", classes: 3 }, "target", 'row 2, column "b": label 9 is out of range'],
    ["a,b\n1,0\n2,-1\n3,1\n", { target: "b", classes: 3 }, "target", "label -1 is out of range"],
    ["a,b\n1,x\n2,x\n", { target: "b" }, "target", "has the same value in all rows"],
    ["a,b\n1,1e999\n2,2\n3,3\n", { target: "a" }, "features", '"1e999" is not a number'],
    ["a,b\n1,x\n2,x\n", { target: "a", features: ["b"], task: "text-classification" }, "", ""],
  ] as const)("%j with %j", async (csv, fields, field, message) => {
    const made = plan({ flowers, spoilt }[csv as string] ?? csv, fields);
    if (field === "") return expect(await made).toMatchObject({ task: "text-classification" });
    const error = await made.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UploadUseError);
    expect(error).toMatchObject({ field, message: expect.stringContaining(message) });
    return undefined;
  });

  test("a column that looks like numbers can be called categories", async () => {
    const data = await load(bytes(spoilt), { target: "species", categories: ["length"] });
    expect(data.shape).toEqual([41]);
  });
});
