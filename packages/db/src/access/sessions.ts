import { randomBytes, timingSafeEqual } from "node:crypto";
import type { PrismaClient } from "../generated/client.ts";
import type { Sessions } from "./types.ts";
import { sha256, toKey } from "./keys.ts";

const defaultLifetimeMs = 7 * 24 * 3600 * 1000;

export function createSessions(prisma: PrismaClient): Sessions {
  return {
    async create(keyId, lifetimeMs = defaultLifetimeMs) {
      const token = randomBytes(32).toString("base64url");
      const expiresAt = new Date(Date.now() + lifetimeMs);
      await prisma.session.create({ data: { hash: Uint8Array.from(sha256(token)), keyId, expiresAt } });
      return { token, expiresAt };
    },

    async verify(token) {
      const hash = sha256(token);
      const found = await prisma.session.findUnique({
        where: { hash: Uint8Array.from(hash), expiresAt: { gt: new Date() } },
        include: { key: true },
      });
      return found && timingSafeEqual(hash, found.hash) ? toKey(found.key) : null;
    },

    async remove(token) {
      await prisma.session.deleteMany({ where: { hash: Uint8Array.from(sha256(token)) } });
    },
  };
}
