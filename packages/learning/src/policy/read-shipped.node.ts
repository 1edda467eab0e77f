/** For callers on Node: the policies that Etude ships with, whole. */
import { readFile } from "node:fs/promises";
import { PolicyArtifact } from "@etude/contracts";

const names = ["default-deep", "default-nmf"] as const;
let read: Promise<ReadonlyMap<string, PolicyArtifact>> | undefined;

/** Returns the shipped policies by name. */
export function readShippedPolicies(): Promise<ReadonlyMap<string, PolicyArtifact>> {
  const load = async (name: string): Promise<[string, PolicyArtifact]> => {
    const text = await readFile(new URL(`../../data/policies/${name}.json`, import.meta.url), "utf8");
    return [name, PolicyArtifact.parse(JSON.parse(text))];
  };
  return (read ??= Promise.all(names.map(load)).then((all) => new Map(all)));
}
