/** Request bodies that come compressed. */
import { PassThrough } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { Problem } from "@etude/contracts";
import type { FastifyRequest, RequestPayload } from "fastify";

const decoders = { gzip: createGunzip, br: createBrotliDecompress } as const;
export type Encoding = keyof typeof decoders;

/** How the body is compressed; undefined: it is not. Throws Problem unsupported_media_type. */
export function encodingOf({ headers }: Pick<FastifyRequest, "headers">): Encoding | undefined {
  const encoding = headers["content-encoding"]?.trim().toLowerCase();
  if (encoding === undefined || encoding === "" || encoding === "identity") return undefined;
  if (Object.hasOwn(decoders, encoding)) return encoding as Encoding;
  const allowed = Object.keys(decoders).join(", ");
  throw new Problem("unsupported_media_type", `Content-Encoding is ${encoding}; allowed are ${allowed}.`);
}

/** A preParsing hook: hands on what the body is once it is unpacked, and stops unpacking at the limit of the route. */
export async function decompress(
  request: FastifyRequest,
  _reply: unknown,
  payload: RequestPayload,
): Promise<RequestPayload> {
  const encoding = encodingOf(request);
  if (encoding === undefined) return payload;
  const limit = request.routeOptions.bodyLimit ?? Infinity;
  const unpacked = decoders[encoding]();
  const body: PassThrough & { receivedEncodedLength?: number } = new PassThrough();
  let [packedBytes, bytes] = [0, 0];
  const stop = (error: Error): void => {
    payload.unpipe(unpacked);
    payload.resume();
    unpacked.destroy();
    body.destroy(error);
  };
  payload.on("data", (chunk: Buffer) => (packedBytes += chunk.length));
  payload.on("error", stop);
  unpacked.on("error", ({ message }) =>
    stop(new Problem("validation_failed", `The body is not ${encoding}: ${message}.`)),
  );
  unpacked.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limit) stop(new Problem("payload_too_large", `The body may have at most ${limit} bytes unpacked.`));
  });
  payload.pipe(unpacked).pipe(body);
  // What Content-Length counts.
  Object.defineProperty(body, "receivedEncodedLength", { get: () => packedBytes });
  return body;
}
