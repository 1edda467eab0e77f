// The fallback: TensorFlow's wheels on the Python package index hold the same library and its headers. Needs Python with
// pip to fetch and a C++ compiler to build the addon; neither is used when training.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildAddon, findCompiler } from "./build-addon.mjs";
import { next, why } from "./places.mjs";

/** Nearest first to 2.9.1, which the addon was written for; wheels before 2.12 have no library apart from Python's. */
export const wheels = ["tensorflow-cpu==2.12.0", "tensorflow-cpu==2.13.1", "tensorflow-cpu==2.15.1"];

// Any Python can fetch and unpack a wheel of another: only its C library is of use here.
const made = ["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"];
const platforms = ["manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_27_x86_64"];

const unpack = `
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    wanted = ("tensorflow/libtensorflow_cc.so", "tensorflow/libtensorflow_framework.so", "tensorflow/include/")
    archive.extractall(target, [n for n in archive.namelist() if n.startswith(wanted) or n.endswith("dist-info/LICENSE")])
`;

function findPython() {
  const works = (name) => spawnSync(name, ["-m", "pip", "--version"], { stdio: "ignore" }).status === 0;
  return ["python3", "python"].find(works);
}

/** Says what this route lacks here, or nothing. */
export function wheelProblem() {
  if (process.platform !== "linux" || process.arch !== "x64") return "only Linux on x86-64 is provided for";
  if (!findPython()) return "it needs Python 3 with pip (python3 -m pip)";
  if (!findCompiler()) return "it needs a C++ compiler (g++, clang++ or the one that CXX names)";
  return undefined;
}

/** Fetches a wheel, for example "tensorflow-cpu==2.12.0", and makes library and addon of it in `next`. Throws. */
export function fetchWheel(requirement, folder) {
  const python = findPython();
  const run = (...args) => {
    const { status, stdout, stderr } = spawnSync(python, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(why(`${stdout}\n${stderr}`));
  };
  const download = join(next, "download");
  const only = ["--no-deps", "--only-binary", ":all:", ...made, ...platforms.flatMap((name) => ["--platform", name])];
  run("-m", "pip", "download", "-q", "--disable-pip-version-check", ...only, "--dest", download, requirement);
  const [wheel] = readdirSync(download);
  run("-c", unpack, join(download, wheel), download);

  const unpacked = join(download, "tensorflow");
  if (!existsSync(join(unpacked, "libtensorflow_cc.so.2"))) throw new Error(`${wheel} has no libtensorflow_cc.so.2`);
  layOut(unpacked);
  const licence = readdirSync(download).map((entry) => join(download, entry, "LICENSE"));
  for (const file of licence.filter(existsSync)) renameSync(file, join(next, "LICENSE"));
  rmSync(download, { recursive: true });
  buildAddon(folder);
}

/** Moves libraries and headers to where the addon's binding.gyp expects those of the official archive. */
function layOut(unpacked) {
  const lib = join(next, "deps/lib");
  mkdirSync(lib, { recursive: true });
  for (const [name, file] of [
    ["libtensorflow", "libtensorflow_cc.so.2"],
    ["libtensorflow_framework", "libtensorflow_framework.so.2"],
  ]) {
    renameSync(join(unpacked, file), join(lib, file));
    for (const link of [`${name}.so`, `${name}.so.2`]) if (link !== file) symlinkSync(file, join(lib, link));
  }
  renameSync(join(unpacked, "include"), join(next, "deps/include"));
}
