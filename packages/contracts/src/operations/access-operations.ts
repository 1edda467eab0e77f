/** Operations on API keys and sessions. */
import { z } from "zod";
import { ApiKey, ApiKeySpec, NewApiKey, Session, SessionSpec } from "../access.ts";
import { KeyId } from "../ids.ts";
import type { Operation } from "./operation.ts";

export const accessOperations = {
  createKey: {
    method: "POST",
    path: "/v1/keys",
    tag: "Access",
    scope: "admin",
    summary: "Make an API key",
    description: "The key itself is shown in this answer only.",
    body: ApiKeySpec,
    ok: { status: 201, body: NewApiKey },
    problems: [],
  },
  listKeys: {
    method: "GET",
    path: "/v1/keys",
    tag: "Access",
    scope: "admin",
    summary: "List API keys",
    ok: { status: 200, body: z.object({ keys: z.array(ApiKey) }) },
    problems: [],
  },
  revokeKey: {
    method: "DELETE",
    path: "/v1/keys/:keyId",
    tag: "Access",
    scope: "admin",
    summary: "Revoke an API key",
    params: z.object({ keyId: KeyId }),
    ok: { status: 204 },
    problems: ["key_not_found"],
  },
  createSession: {
    method: "POST",
    path: "/v1/sessions",
    tag: "Access",
    scope: "none",
    summary: "Trade a key for a browser session cookie",
    body: SessionSpec,
    ok: { status: 201, body: Session },
    problems: ["unauthenticated"],
  },
  getSession: {
    method: "GET",
    path: "/v1/sessions/current",
    tag: "Access",
    scope: "read",
    summary: "What the caller may do",
    ok: { status: 200, body: Session },
    problems: [],
  },
  deleteSession: {
    method: "DELETE",
    path: "/v1/sessions/current",
    tag: "Access",
    scope: "none",
    summary: "Log out",
    ok: { status: 204 },
    problems: [],
  },
} as const satisfies Record<string, Operation>;
