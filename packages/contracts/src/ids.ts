import { z } from "zod";

export const RunId = z.uuid().brand("RunId").meta({ id: "RunId", description: "Identifies a run (UUID v7)." });
export type RunId = z.output<typeof RunId>;

export const StudyId = z.uuid().brand("StudyId").meta({ id: "StudyId", description: "Identifies a study (UUID v7)." });
export type StudyId = z.output<typeof StudyId>;

export const KeyId = z.uuid().brand("KeyId").meta({ id: "KeyId", description: "Identifies an API key." });
export type KeyId = z.output<typeof KeyId>;

export const UploadId = z
  .uuid()
  .brand("UploadId")
  .meta({ id: "UploadId", description: "Identifies an upload (UUID v7)." });
export type UploadId = z.output<typeof UploadId>;

/** A moment as ISO 8601 in UTC. */
export const Instant = z.iso.datetime().meta({ id: "Instant", description: "ISO 8601, UTC." });
