// Remembers by content hash what was made from what, so that generated things are made only when their sources changed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./ensure.mjs";

function* filesOf(path) {
  if (!statSync(path).isDirectory()) return yield path;
  for (const name of readdirSync(path).sort()) {
    if (name !== "node_modules" && name !== "dist" && name !== "generated") yield* filesOf(join(path, name));
  }
}

const hashOf = (sources) => {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of filesOf(join(root, source))) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
};

/** Runs `make` unless `product` exists and was made from the same content of `sources` (files or folders). */
export async function whenChanged({ product, sources, make }) {
  const stamp = join(root, ".cache/stamps", product.replaceAll("/", "-"));
  const hash = hashOf(sources);
  if (existsSync(join(root, product)) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  await make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}
