/** Fails when an installed package has a licence that the project may not ship or build with. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const allowed =
  /^\(?(MIT|MIT-0|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|CC-BY-[34]\.0|Python-2\.0|PostgreSQL|WTFPL|Zlib)\b/;
/** Build and development only, never shipped: their copyleft covers their own files. */
const developmentOnly = new Set(["MPL-2.0", "EPL-2.0"]);

/** Manifests without a licence field, read by hand: all MIT by their readme. */
const readByHand = new Set(["humanize-number@0.0.2", "only@0.0.2", "seq-queue@0.0.5"]);

function* packages(dir: string): Generator<string> {
  for (const name of readdirSync(dir)) {
    if (name.startsWith(".")) continue;
    if (name.startsWith("@")) yield* packages(join(dir, name));
    else yield join(dir, name);
  }
}

const refused: string[] = [];
for (const dir of packages("node_modules")) {
  const manifest = join(dir, "package.json");
  if (!existsSync(manifest)) continue;
  const { name, version, license, licenses } = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, never>;
  const found = String(
    (license as { type?: string } | undefined)?.type ??
      license ??
      (licenses as { type: string }[] | undefined)?.[0]?.type ??
      "none",
  );
  if (!readByHand.has(`${name}@${version}`) && !allowed.test(found) && !developmentOnly.has(found))
    refused.push(`${name}@${version}: ${found}`);
}
if (refused.length > 0) {
  console.error(`Licences to look at:\n  ${refused.join("\n  ")}`);
  process.exit(1);
}
