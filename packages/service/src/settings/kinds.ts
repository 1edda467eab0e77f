import { resolve } from "node:path";
import { z } from "zod";

/** How a setting's text is read, and what is allowed, in words for messages and the reference page. */
export interface Kind<T> {
  schema: z.ZodType<T, string>;
  allowed: string;
}

const refuse = (context: z.RefinementCtx): never => {
  context.addIssue({ code: "custom", message: "not allowed" });
  return z.NEVER;
};

export const text = (allowed = "any text"): Kind<string> => ({ schema: z.string(), allowed });

/** At least so many characters: for what must not be guessed. */
export const secretText = (least: number): Kind<string> => ({
  schema: z.string().min(least),
  allowed: `at least ${least} characters`,
});

/** Letters, digits, dash and underscore: what may become part of a Redis key. */
export const name: Kind<string> = {
  schema: z.string().regex(/^[\w-]{1,40}$/),
  allowed: "1 to 40 letters, digits, dashes or underscores",
};

/** As runs name it, see the run specification in contracts. */
export const poolName: Kind<string> = {
  schema: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  allowed: "1 to 32 lower-case letters, digits or dashes, not beginning with a dash",
};

export const integer = (min: number, max: number): Kind<number> => ({
  schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max)),
  allowed: `a whole number from ${min} to ${max}`,
});

export const flag: Kind<boolean> = {
  schema: z.stringbool({ truthy: ["1", "true", "yes", "on"], falsy: ["0", "false", "no", "off"] }),
  allowed: "1 or 0",
};

export const choice = <const T extends string>(values: readonly T[]): Kind<T> => ({
  schema: z.enum(values as readonly [T, ...T[]]),
  allowed: values.join(", "),
});

/** A URL of one of the protocols, as it was given. */
export const url = (...protocols: string[]): Kind<string> => ({
  schema: z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol)),
  allowed: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
});

const webOrigin = /^https?:\/\/[^/?#@\s]+$/;

/** The address of a site: protocol, host and port; a slash at its end is dropped. */
export const origin: Kind<string> = {
  schema: z
    .string()
    .transform((value) => value.replace(/\/$/, ""))
    .pipe(z.string().regex(webOrigin).refine(URL.canParse)),
  allowed: "a site such as https://etude.example.org, without a path",
};

export const origins: Kind<readonly string[]> = {
  schema: z.string().transform((value, context) => {
    const sites = value.split(",").map((site) => site.trim().replace(/\/$/, ""));
    return sites.every((site) => webOrigin.test(site)) ? sites : refuse(context);
  }),
  allowed: "sites such as https://a.example.org, separated by commas",
};

/** A path; a relative one is taken from the working folder. */
export const path = (what: string): Kind<string> => ({
  schema: z.string().transform((value) => resolve(value)),
  allowed: what,
});

/** Fastify's trustProxy: which proxies' X-Forwarded headers are believed. */
export const proxies: Kind<boolean | number | string[]> = {
  schema: z.string().transform((value, context) => {
    if (/^(0|false|no|off)$/.test(value)) return false;
    if (/^(true|yes|on)$/.test(value)) return true;
    if (/^\d{1,2}$/.test(value)) return Number(value);
    const addresses = value.split(",").map((address) => address.trim());
    return addresses.every((address) => /^[\da-f.:]+(\/\d{1,3})?$|^(loopback|linklocal|uniquelocal)$/i.test(address))
      ? addresses
      : refuse(context);
  }),
  allowed: "0, the number of proxies in front, true, or addresses and networks separated by commas",
};
