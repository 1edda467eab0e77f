-- Files that a run leaves behind: a trained policy, the report of a study. Their bytes are blobs.
CREATE TABLE "artifact" (
    "run_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("run_id","name")
);

CREATE INDEX "artifact_sha256_idx" ON "artifact"("sha256");
CREATE INDEX "checkpoint_sha256_idx" ON "checkpoint"("sha256");

ALTER TABLE "artifact" ADD CONSTRAINT "artifact_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Which runs refer to a blob from their spec: few do.
CREATE INDEX "run_continued_checkpoint_idx" ON "run" ((spec #>> '{continueFrom,checkpoint}')) WHERE spec ? 'continueFrom';
CREATE INDEX "run_with_inputs_idx" ON "run" ("id") WHERE spec ? 'inputs';
