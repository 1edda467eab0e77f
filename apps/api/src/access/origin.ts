/** Which Host and Origin headers are served: a page elsewhere must not reach Etude through a visitor's browser. */
import { isIP } from "node:net";

/** The part of a Host header before the port, in lower case, without the brackets of an IPv6 address. */
export function hostNameOf(host: string): string {
  const lower = host.trim().toLowerCase();
  if (lower.startsWith("[")) return lower.slice(1, Math.max(1, lower.indexOf("]")));
  return lower.replace(/:\d*$/, "");
}

/** True for the names and addresses of this machine itself. */
export const isLoopbackName = (name: string): boolean =>
  name === "localhost" ||
  name.endsWith(".localhost") ||
  name === "::1" ||
  (isIP(name) === 4 && name.startsWith("127.")) ||
  name.startsWith("::ffff:127.");

/** Returns host and origin of the address that browsers use, from ETUDE_PUBLIC_URL. */
const parsed = (publicUrl: string | undefined): URL | undefined =>
  publicUrl === undefined ? undefined : new URL(publicUrl);

/**
 * True when a request with this Host may be answered. A DNS-rebinding page sends its own name; an address in digits
 * cannot be rebound.
 */
export function hostAllowed(host: string | undefined, publicUrl: string | undefined): boolean {
  if (host === undefined || host === "") return false;
  const name = hostNameOf(host);
  return isLoopbackName(name) || isIP(name) !== 0 || parsed(publicUrl)?.host === host.toLowerCase();
}

/** True when the page is one that we served ourselves, here or under ETUDE_PUBLIC_URL. */
export function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.origin === parsed(publicUrl)?.origin || from.host === host?.toLowerCase();
}
