import multipart from "@fastify/multipart";
import { Problem } from "@etude/contracts";
import { sha256Of } from "@etude/service";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Parts } from "../parts.ts";
import { Admission, announcedBytes } from "../runs/admission.ts";
import { serve } from "../serve.ts";
import { describeUpload } from "../uploads/describe-upload.ts";

/** Files that a process holds in memory at a time. */
const atOnce = 2;
const retryAfterSeconds = 5;

interface Sent {
  readonly bytes: Uint8Array;
  readonly name: string | undefined;
}

/** Uploading files of data, listing, reading and deleting them. */
export async function uploadRoutes(
  app: FastifyInstance,
  { db, blobs, settings }: Pick<Parts, "db" | "blobs" | "settings">,
): Promise<void> {
  const { uploadMaxBytes } = settings;
  const tooLarge = (): Problem =>
    new Problem(
      "payload_too_large",
      `An upload may have at most ${uploadMaxBytes} bytes (ETUDE_UPLOAD_MAX_BYTES); upload a part of the rows, or as NPY or Parquet.`,
    );
  const admission = new Admission({ requests: atOnce, bytes: atOnce * uploadMaxBytes });
  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (announcedBytes(request.raw, 0) > uploadMaxBytes && !request.isMultipart()) throw tooLarge();
    const leave = admission.admit(announcedBytes(request.raw, uploadMaxBytes));
    if (leave === undefined) {
      void reply.header("retry-after", String(retryAfterSeconds));
      throw new Problem("rate_limited", "The server reads as many uploads as it can at the moment.");
    }
    reply.raw.once("close", leave);
  };

  await app.register(async (scope) => {
    await scope.register(multipart, { limits: { files: 1, fields: 20, fileSize: uploadMaxBytes } });
    // curl sends files as a form's fields, browsers by the file's own type: the content tells what it is.
    scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: uploadMaxBytes }, (_, body, done) =>
      done(null, body),
    );
    scope.removeContentTypeParser("application/json");
    scope.setValidatorCompiler((route) =>
      route.httpPart === "body" ? (value) => ({ value }) : app.validatorCompiler!(route),
    );
    serve(
      scope,
      "createUpload",
      async ({ query, request }) => {
        const { bytes, name } = request.isMultipart() ? await fileOf(request) : rawBody(request);
        if (bytes.length === 0) throw new Problem("upload_refused", "The body is empty; it must be the file itself.");
        const sha256 = sha256Of(bytes);
        const schema = await describeUpload(bytes);
        await blobs.put(bytes);
        const upload = await db.uploads.create({
          name: query.name ?? name ?? `upload ${sha256.slice(0, 8)}`,
          sha256,
          bytes: bytes.length,
          schema,
        });
        // Somebody may have deleted the same upload between the two lines above.
        await blobs.put(bytes);
        return upload;
      },
      { bodyLimit: uploadMaxBytes, onRequest: admit },
    );
  });

  serve(app, "listUploads", ({ query }) => db.uploads.list(query));
  serve(app, "getUpload", ({ params }) => db.uploads.get(params.upload));
  serve(app, "deleteUpload", async ({ params }) => {
    const { id } = await db.uploads.get(params.upload);
    await db.uploads.remove(id, (sha256) => blobs.remove(sha256));
  });

  const rawBody = ({ body }: FastifyRequest): Sent => ({
    bytes: body instanceof Uint8Array ? body : new Uint8Array(),
    name: undefined,
  });

  async function fileOf(request: FastifyRequest): Promise<Sent> {
    try {
      const file = await request.file();
      if (!file) throw new Problem("validation_failed", "The form holds no file.");
      return { bytes: await file.toBuffer(), name: file.filename.slice(0, 200) || undefined };
    } catch (error) {
      throw (error as { code?: string }).code === "FST_REQ_FILE_TOO_LARGE" ? tooLarge() : error;
    }
  }
}
