import type { ApiKey, KeyId, NewApiKey, Scope } from "@etude/contracts";
import type { z } from "zod";

export interface Keys {
  create(spec: { name: string; scope: Scope }): Promise<z.output<typeof NewApiKey>>;
  /** Makes sure that this very key exists (the first key, from ETUDE_ADMIN_KEY). */
  ensure(key: string, spec: { name: string; scope: Scope }): Promise<ApiKey>;
  list(): Promise<ApiKey[]>;
  /** Its sessions end too. Throws Problem key_not_found. */
  revoke(keyId: string): Promise<void>;
  /** The key behind a secret, or null. */
  verify(key: string): Promise<ApiKey | null>;
  /** Whether any key exists; without one everybody is admin, on loopback only. */
  exist(): Promise<boolean>;
}

export interface Sessions {
  /** The secret for the cookie; only its hash is kept. */
  create(keyId: KeyId, lifetimeMs?: number): Promise<{ token: string; expiresAt: Date }>;
  verify(token: string): Promise<ApiKey | null>;
  remove(token: string): Promise<void>;
}
