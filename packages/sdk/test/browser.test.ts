import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Every module that `entry` reaches, relative ones followed. */
function reached(entry: URL, found = new Set<string>()): Set<string> {
  if (found.has(entry.href)) return found;
  found.add(entry.href);
  for (const [, name = ""] of readFileSync(entry, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (name.startsWith(".")) reached(new URL(name, entry), found);
    else found.add(name);
  }
  return found;
}

it("the main entry needs nothing that a browser lacks", () => {
  const packages = [...reached(new URL("../src/index.ts", import.meta.url))].filter(
    (name) => !name.startsWith("file:"),
  );
  expect(new Set(packages)).toEqual(new Set(["@etude/catalog", "@etude/contracts", "zod"]));
  expect(reached(new URL("../src/node.ts", import.meta.url))).toContain("ws");
});
