import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type ApiKey, type KeyId, Problem, type Scope } from "@etude/contracts";
import type { ApiKey as Row, PrismaClient } from "../generated/client.ts";
import type { Keys } from "./types.ts";

export const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

export const toKey = ({ id, name, scope, prefix, createdAt, lastUsedAt }: Row): ApiKey => ({
  id: id as KeyId,
  name,
  scope: scope as Scope,
  prefix,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

const visiblePrefix = 12;
/** The time of use is noted at most this often, so that reads stay reads. */
const noteUseEveryMs = 60_000;

export function createKeys(prisma: PrismaClient): Keys {
  const row = (key: string, { name, scope }: { name: string; scope: Scope }) => ({
    name,
    scope,
    prefix: key.slice(0, visiblePrefix),
    hash: Uint8Array.from(sha256(key)),
  });
  return {
    async create(spec) {
      const key = `etude_${randomBytes(32).toString("base64url")}`;
      return { ...toKey(await prisma.apiKey.create({ data: row(key, spec) })), key };
    },

    async ensure(key, spec) {
      const data = row(key, spec);
      return toKey(await prisma.apiKey.upsert({ where: { hash: data.hash }, create: data, update: {} }));
    },

    async list() {
      return (await prisma.apiKey.findMany({ orderBy: { createdAt: "asc" } })).map(toKey);
    },

    async revoke(keyId) {
      const { count } = await prisma.apiKey.deleteMany({ where: { id: keyId } });
      if (count === 0) throw new Problem("key_not_found", `No key ${keyId}.`);
    },

    async verify(key) {
      const hash = sha256(key);
      const found = await prisma.apiKey.findUnique({ where: { hash: Uint8Array.from(hash) } });
      // The index compares byte by byte and may leak how far a hash agreed; the answer does not depend on it.
      if (!found || !timingSafeEqual(hash, found.hash)) return null;
      if (!found.lastUsedAt || Date.now() - found.lastUsedAt.getTime() > noteUseEveryMs) {
        await prisma.apiKey.updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date() } });
      }
      return toKey(found);
    },

    async exist() {
      return (await prisma.apiKey.findFirst({ select: { id: true } })) !== null;
    },
  };
}
