-- CreateTable
CREATE TABLE "evidence" (
    "id" TEXT NOT NULL,
    "cell" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "run_id" UUID,
    "study" TEXT,
    "import" TEXT,
    "task_hash" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "family" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "dataset" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "optimizer" TEXT NOT NULL,
    "task" JSONB NOT NULL,
    "features" JSONB NOT NULL,
    "schedule" JSONB,
    "schedule_kind" TEXT NOT NULL,
    "schedule_hash" TEXT NOT NULL,
    "shape" TEXT NOT NULL,
    "label" TEXT,
    "base_rate" DOUBLE PRECISION,
    "rate_unit" TEXT NOT NULL,
    "transfer_rate" DOUBLE PRECISION,
    "seed" BIGINT NOT NULL,
    "role" TEXT,
    "loss" DOUBLE PRECISION NOT NULL,
    "validation_loss" DOUBLE PRECISION,
    "accuracy" DOUBLE PRECISION,
    "diverged" BOOLEAN NOT NULL,
    "gradient_evaluations" INTEGER NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "outcome" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence_cell" (
    "cell" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,
    "content" JSONB,

    CONSTRAINT "evidence_cell_pkey" PRIMARY KEY ("cell")
);

-- CreateTable
CREATE TABLE "evidence_due" (
    "run_id" UUID NOT NULL,

    CONSTRAINT "evidence_due_pkey" PRIMARY KEY ("run_id")
);

-- CreateIndex
CREATE INDEX "evidence_cell_idx" ON "evidence"("cell");

-- CreateIndex
CREATE INDEX "evidence_task_hash_idx" ON "evidence"("task_hash");

-- CreateIndex
CREATE INDEX "evidence_task_id_idx" ON "evidence"("task_id");

-- CreateIndex
CREATE INDEX "evidence_family_idx" ON "evidence"("family");

-- CreateIndex
CREATE INDEX "evidence_dataset_idx" ON "evidence"("dataset");

-- CreateIndex
CREATE INDEX "evidence_optimizer_idx" ON "evidence"("optimizer");

-- CreateIndex
CREATE INDEX "evidence_schedule_kind_idx" ON "evidence"("schedule_kind");

-- CreateIndex
CREATE INDEX "evidence_study_idx" ON "evidence"("study");

-- CreateIndex
CREATE INDEX "evidence_run_id_idx" ON "evidence"("run_id");

-- CreateIndex
CREATE INDEX "evidence_cell_version_idx" ON "evidence_cell"("version");

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_due" ADD CONSTRAINT "evidence_due_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma does not model.

CREATE SEQUENCE "evidence_version";

-- Numbers over some seeds of a cell, as SeedStatistics in the contract; packages/learning/src/evidence/cells-of.ts says the same in code.
CREATE FUNCTION "evidence_statistics"(losses float8[], validations float8[], accuracies float8[], diverged bigint)
RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_build_object(
    'count', coalesce(cardinality(losses), 0),
    'diverged', coalesce(diverged, 0),
    'mean', (SELECT avg(l) FROM unnest(losses) l),
    'median', (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY l) FROM unnest(losses) l),
    'low', (SELECT percentile_disc(0.1) WITHIN GROUP (ORDER BY l) FROM unnest(losses) l),
    'high', (SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY l) FROM unnest(losses) l),
    'spread', (SELECT stddev_samp(ln(l)) FROM unnest(losses) l WHERE l > 0 AND l < 'Infinity'),
    'validation', (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY l) FROM unnest(validations) l),
    'accuracy', (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY l) FROM unnest(accuracies) l))
$$;

-- Folds the rows of some cells anew. One writer at a time, so that versions become visible in their order; a cell without
-- rows stays with count 0, so that a reader of versions hears of it.
CREATE FUNCTION "evidence_refresh"(touched text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE stamp bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('evidence'));
  stamp := nextval('evidence_version');
  INSERT INTO evidence_cell (cell, version, count, content)
  SELECT cell, stamp, count(*), jsonb_build_object(
    'cell', cell,
    'task', (array_agg(task ORDER BY id))[1],
    'features', (array_agg(features ORDER BY id))[1],
    'engine', min(engine),
    'schedule', (array_agg(schedule ORDER BY id))[1],
    'scheduleKind', min(schedule_kind),
    'label', min(label COLLATE "C"),
    'shape', min(shape),
    'baseRate', (array_agg(base_rate ORDER BY id))[1],
    'rateUnit', (array_agg(rate_unit ORDER BY id))[1],
    'transferRate', (array_agg(transfer_rate ORDER BY id))[1],
    'all', evidence_statistics(array_agg(loss), array_agg(validation_loss) FILTER (WHERE validation_loss IS NOT NULL),
      array_agg(accuracy) FILTER (WHERE accuracy IS NOT NULL), count(*) FILTER (WHERE diverged)),
    'tuning', evidence_statistics(array_agg(loss) FILTER (WHERE role = 'tuning'),
      array_agg(validation_loss) FILTER (WHERE role = 'tuning' AND validation_loss IS NOT NULL),
      array_agg(accuracy) FILTER (WHERE role = 'tuning' AND accuracy IS NOT NULL),
      count(*) FILTER (WHERE role = 'tuning' AND diverged)),
    'evaluation', evidence_statistics(array_agg(loss) FILTER (WHERE role = 'evaluation'),
      array_agg(validation_loss) FILTER (WHERE role = 'evaluation' AND validation_loss IS NOT NULL),
      array_agg(accuracy) FILTER (WHERE role = 'evaluation' AND accuracy IS NOT NULL),
      count(*) FILTER (WHERE role = 'evaluation' AND diverged)),
    'gradientEvaluations', avg(gradient_evaluations)::float8,
    'seconds', avg(seconds),
    'sources', (SELECT jsonb_agg(DISTINCT s ORDER BY s) FROM unnest(array_agg(source)) s),
    'runIds', coalesce(to_jsonb((array_agg(run_id ORDER BY id) FILTER (WHERE run_id IS NOT NULL))[1:5]), '[]'))
  FROM evidence WHERE cell = ANY(touched) GROUP BY cell
  ON CONFLICT (cell) DO UPDATE SET version = excluded.version, count = excluded.count, content = excluded.content;
  UPDATE evidence_cell c SET version = stamp, count = 0, content = NULL
  WHERE c.cell = ANY(touched) AND NOT EXISTS (SELECT FROM evidence e WHERE e.cell = c.cell);
END $$;

CREATE FUNCTION "evidence_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched text[];
BEGIN
  SELECT array_agg(DISTINCT cell) INTO touched FROM changed;
  IF touched IS NOT NULL THEN PERFORM evidence_refresh(touched); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "evidence_inserted" AFTER INSERT ON "evidence" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed();
CREATE TRIGGER "evidence_updated" AFTER UPDATE ON "evidence" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed();
CREATE TRIGGER "evidence_deleted" AFTER DELETE ON "evidence" REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed();

-- Whatever path ends a run, its evidence is due in the same transaction.
CREATE FUNCTION "run_evidence_due"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO evidence_due (run_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "run_ended_evidence_due" AFTER UPDATE OF "status" ON "run" FOR EACH ROW
  WHEN (NEW.status IN ('completed', 'failed') AND OLD.status IS DISTINCT FROM NEW.status)
  EXECUTE FUNCTION run_evidence_due();

-- Runs that ended before there was evidence.
INSERT INTO "evidence_due" ("run_id") SELECT "id" FROM "run" WHERE "status" IN ('completed', 'failed') AND "deleted_at" IS NULL;
