/** Writes registry.gen.ts beside the files of each catalogue folder, so that a new schedule, model, dataset, optimizer, metric, loss or ranker is one new file. */
import { readdirSync, writeFileSync, readFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Folders of entries; those of the catalogue have parameters. */
const folders = [
  ...["schedules", "models", "datasets", "optimizers", "metrics", "losses"].map((name) => ({
    path: `packages/catalog/src/${name}`,
    params: true,
  })),
  { path: "packages/learning/src/rankers", params: false },
];
const camel = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Returns the generated files by path, without writing them. */
export function registries(): Map<string, string> {
  const files = new Map<string, string>();
  for (const { path, params } of folders) {
    const dir = join(root, path);
    if (!existsSync(dir)) continue;
    const names = readdirSync(dir)
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".gen.ts") && !file.startsWith("_"))
      .map((file) => file.slice(0, -3))
      .sort();
    const singular = basename(path).replace(/(?<=ss)es$|s$/, "");
    const lines = [
      "// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.",
      ...names.map((name) => `import { ${camel(name)} } from "./${name}.ts";`),
      "",
      `export const ${singular}Registry = [${names.map(camel).join(", ")}] as const;`,
      ...(params
        ? [`export const ${singular}Params = [${names.map((name) => `${camel(name)}.params`).join(", ")}] as const;`]
        : []),
      "",
    ];
    files.set(join(dir, "registry.gen.ts"), lines.join("\n"));
  }
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of registries()) {
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }
}
