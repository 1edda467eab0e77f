import { z } from "zod";
import { Instant, KeyId } from "./ids.ts";

/** read ⊂ write ⊂ admin. */
export const scopes = ["read", "write", "admin"] as const;
export const Scope = z.enum(scopes).meta({ id: "Scope" });
export type Scope = z.output<typeof Scope>;

/** True when a key of scope `held` may do what needs `wanted`. */
export const scopeCovers = (held: Scope, wanted: Scope): boolean => scopes.indexOf(held) >= scopes.indexOf(wanted);

export const ApiKeySpec = z
  .strictObject({ name: z.string().trim().min(1).max(100), scope: Scope.default("write") })
  .meta({ id: "ApiKeySpec" });

/** Keys look like `etude_<43 characters>`; only their SHA-256 is kept. */
export const ApiKey = z
  .object({
    id: KeyId,
    name: z.string(),
    scope: Scope,
    prefix: z.string().describe("First characters, to tell keys apart."),
    createdAt: Instant,
    lastUsedAt: Instant.nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.output<typeof ApiKey>;

export const NewApiKey = ApiKey.extend({ key: z.string().describe("Shown once, now.") }).meta({ id: "NewApiKey" });

export const SessionSpec = z.strictObject({ key: z.string().min(1).max(200) }).meta({ id: "SessionSpec" });
export const Session = z.object({ scope: Scope, keyName: z.string().nullable(), keysRequired: z.boolean() }).meta({
  id: "Session",
  description: "What the caller may do. Without any key the server listens on loopback and everybody is admin.",
});
export type Session = z.output<typeof Session>;

/** Requests that change something from a browser session carry this header, which other sites cannot send. */
export const csrfHeader = "x-etude-request";
