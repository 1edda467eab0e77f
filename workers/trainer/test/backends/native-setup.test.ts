// `npm run setup:native` on a machine that can neither fetch nor build anything.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../../../../tools/setup-native.mjs", import.meta.url));

/** An empty PATH hides Python and the compiler. */
function setUp(...flags: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...flags], {
    env: { PATH: "" },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

test.runIf(process.platform === "linux" && process.arch === "x64")(
  "says what is missing and that wasm is used, and fails only when the library is required (Linux on x86-64)",
  () => {
    const tolerant = setUp("--wheel", "tensorflow-cpu==2.12.0");
    expect(tolerant.output).toContain("it needs Python 3 with pip");
    expect(tolerant.output).toContain("Native TensorFlow is not available here; Etude trains on the wasm backend.");
    expect(tolerant.status).toBe(0);
    const required = setUp("--wheel", "tensorflow-cpu==2.12.0", "--require");
    expect(required.output).toBe(tolerant.output);
    expect(required.status).toBe(1);
  },
);

test("an unknown flag is refused by its name", () => {
  const { status, output } = setUp("--gpu");
  expect(output).toContain("'--gpu'");
  expect(output).toContain("Allowed: --require, --again, --wheel <requirement>.");
  expect(status).toBe(2);
});
