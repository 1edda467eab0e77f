/** Operations on uploads: files of data that runs learn from. */
import { z } from "zod";
import { Upload, UploadBytes, UploadName } from "../uploads.ts";
import { type Operation, page } from "./operation.ts";

const uploadParams = z.object({
  upload: z.string().min(1).max(100).describe("Id or SHA-256 of an upload."),
});

export const uploadOperations = {
  createUpload: {
    method: "POST",
    path: "/v1/uploads",
    tag: "Uploads",
    scope: "write",
    summary: "Upload a file of data",
    description:
      "The body is the file itself, or a form with one file: CSV, NPY, NPZ or Parquet, told by its content. The answer says what is in it, column by column. The same bytes again are the same upload.",
    query: z.object({ name: UploadName.optional().describe("Shown in lists; a form's file brings its own.") }),
    body: UploadBytes,
    consumes: ["application/octet-stream", "text/csv", "multipart/form-data"],
    ok: { status: 201, body: Upload },
    problems: ["upload_refused"],
  },
  listUploads: {
    method: "GET",
    path: "/v1/uploads",
    tag: "Uploads",
    scope: "read",
    summary: "List uploads, newest first",
    query: z.object(page),
    ok: { status: 200, body: z.object({ uploads: z.array(Upload), next: z.string().nullable() }) },
    problems: ["invalid_cursor"],
  },
  getUpload: {
    method: "GET",
    path: "/v1/uploads/:upload",
    tag: "Uploads",
    scope: "read",
    summary: "Read what is in an upload",
    params: uploadParams,
    ok: { status: 200, body: Upload },
    problems: ["upload_not_found"],
  },
  deleteUpload: {
    method: "DELETE",
    path: "/v1/uploads/:upload",
    tag: "Uploads",
    scope: "write",
    summary: "Delete an upload",
    description: "Runs that learned from it keep their history; those that still wait or run need it.",
    params: uploadParams,
    ok: { status: 204 },
    problems: ["upload_not_found", "upload_in_use"],
  },
} as const satisfies Record<string, Operation>;
