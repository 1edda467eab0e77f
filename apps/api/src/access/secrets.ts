import { createHash, randomBytes } from "node:crypto";

/** SHA-256 of a key or session token; only this is stored. Keys have 256 random bits, so no slow hash is needed. */
export const hashSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** Returns a new API key: `etude_` and 43 characters of base64url (32 random bytes). */
export const newKey = (): string => `etude_${randomBytes(32).toString("base64url")}`;

/** Returns a new token for a browser session (32 random bytes). */
export const newSessionToken = (): string => randomBytes(32).toString("base64url");

/** First characters of a key, by which people tell keys apart. */
export const prefixOf = (key: string): string => key.slice(0, 12);
