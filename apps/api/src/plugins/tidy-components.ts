/** The OpenAPI transform writes each schema twice, `X` and `XInput`: keep the second only where the two differ. */
type Schemas = Record<string, unknown>;
interface Document {
  components?: { schemas?: Schemas };
}

const prefix = "#/components/schemas/";
const reference = /#\/components\/schemas\/(\w+)/g;

const referencesIn = (value: unknown): string[] =>
  [...(JSON.stringify(value) ?? "").matchAll(reference)].map(([, name]) => name as string);

/** Names `X` whose `XInput` says the same, references between such pairs counted as equal. */
function equalPairs(schemas: Schemas): Set<string> {
  const equal = new Set(Object.keys(schemas).filter((name) => `${name}Input` in schemas));
  const plain = (value: unknown): string =>
    JSON.stringify(value).replaceAll(/#\/components\/schemas\/(\w+)Input/g, (whole, name: string) =>
      equal.has(name) ? prefix + name : whole,
    );
  for (let before = -1; before !== equal.size;) {
    before = equal.size;
    for (const name of equal) if (plain(schemas[`${name}Input`]) !== plain(schemas[name])) equal.delete(name);
  }
  return equal;
}

/** Names of schemas that the rest of the document refers to, directly or through others. */
function reachable({ components, ...rest }: Document): Set<string> {
  const used = new Set<string>();
  const pending = referencesIn(rest);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    pending.push(...referencesIn(components?.schemas?.[name]));
  }
  return used;
}

const rename = <T>(document: T, isInput: (name: string) => boolean): T =>
  JSON.parse(
    JSON.stringify(document).replaceAll(/#\/components\/schemas\/(\w+)Input\b/g, (whole, name: string) =>
      isInput(name) ? prefix + name : whole,
    ),
  ) as T;

/** Returns the document with one schema where two say the same or one is never used, in alphabetical order. */
export function tidyComponents<T extends object>(document: T): T {
  const equal = equalPairs((document as Document).components?.schemas ?? {});
  const merged: Document = rename(document, (name) => equal.has(name));
  const used = reachable(merged);
  const alone = (name: string): boolean => used.has(`${name}Input`) && !used.has(name);
  const schemas = merged.components?.schemas ?? {};
  const kept = [...used].map((name): [string, unknown] => {
    const short = name.endsWith("Input") ? name.slice(0, -"Input".length) : name;
    return [alone(short) ? short : name, schemas[name]];
  });
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  return rename({ ...merged, components: { ...merged.components, schemas: Object.fromEntries(kept) } }, alone) as T;
}
