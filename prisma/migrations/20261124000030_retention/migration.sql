-- Appends counted, so that a writer with an old picture of a run is told apart; the time of the last one; runs gone quiet.
ALTER TABLE "run"
  ADD COLUMN "appends" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "appended_at" TIMESTAMPTZ(3),
  ADD COLUMN "stale" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "retention_policy" (
    "id" UUID NOT NULL,
    "study_id" UUID,
    "rules" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retention_policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_rate" (
    "run_id" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "loss" DOUBLE PRECISION,
    "eval_loss" DOUBLE PRECISION,
    "rate" DOUBLE PRECISION NOT NULL,
    "state" JSONB NOT NULL,

    CONSTRAINT "run_rate_pkey" PRIMARY KEY ("run_id","step")
);

-- CreateIndex
CREATE UNIQUE INDEX "retention_policy_study_id_key" ON "retention_policy"("study_id");

-- AddForeignKey
ALTER TABLE "retention_policy" ADD CONSTRAINT "retention_policy_study_id_fkey" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_rate" ADD CONSTRAINT "run_rate_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- At most one policy holds for every run.
CREATE UNIQUE INDEX "retention_policy_everywhere" ON "retention_policy" ((study_id IS NULL)) WHERE study_id IS NULL;
