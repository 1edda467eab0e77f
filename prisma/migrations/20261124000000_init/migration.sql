-- CreateTable
CREATE TABLE "study" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "study_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "study_id" UUID,
    "cloned_from" UUID,
    "name" TEXT NOT NULL,
    "tags" TEXT[],
    "schedule_kind" TEXT NOT NULL,
    "model_kind" TEXT NOT NULL,
    "dataset_kind" TEXT NOT NULL,
    "optimizer_kind" TEXT NOT NULL,
    "seed" BIGINT NOT NULL,
    "pool" TEXT NOT NULL,
    "budget_steps" INTEGER,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "revision" INTEGER NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "losses" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "total" INTEGER NOT NULL DEFAULT 0,
    "step" INTEGER NOT NULL DEFAULT 0,
    "lines" INTEGER NOT NULL DEFAULT 0,
    "horizon" INTEGER,
    "parameters" INTEGER,
    "backend" JSONB,
    "failure" JSONB,
    "summary" JSONB,
    "best_validation_loss" DOUBLE PRECISION,
    "final_validation_loss" DOUBLE PRECISION,
    "final_train_loss" DOUBLE PRECISION,
    "seconds" DOUBLE PRECISION,
    "delivered_attempt" INTEGER,
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_need" (
    "run_id" UUID NOT NULL,
    "needs_id" UUID NOT NULL,

    CONSTRAINT "run_need_pkey" PRIMARY KEY ("run_id","needs_id")
);

-- CreateTable
CREATE TABLE "run_attempt" (
    "run_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "worker" TEXT NOT NULL,
    "resumed_at" INTEGER NOT NULL,
    "counts" INTEGER[],
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "why" TEXT,

    CONSTRAINT "run_attempt_pkey" PRIMARY KEY ("run_id","attempt")
);

-- CreateTable
CREATE TABLE "run_event" (
    "id" SERIAL NOT NULL,
    "run_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL,
    "from_status" TEXT,
    "to_status" TEXT NOT NULL,
    "why" TEXT,

    CONSTRAINT "run_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "series" (
    "run_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "n" INTEGER NOT NULL DEFAULT 0,
    "first_step" DOUBLE PRECISION,
    "last_step" DOUBLE PRECISION,
    "last" DOUBLE PRECISION,
    "min" DOUBLE PRECISION,
    "min_step" DOUBLE PRECISION,
    "max" DOUBLE PRECISION,
    "max_step" DOUBLE PRECISION,
    "sum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "area" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "non_finite" INTEGER NOT NULL DEFAULT 0,
    "late" INTEGER NOT NULL DEFAULT 0,
    "sealed" INTEGER NOT NULL DEFAULT 0,
    "tail_stride" DOUBLE PRECISION,
    "tail_step0" DOUBLE PRECISION,
    "tail_enc" SMALLINT NOT NULL DEFAULT 8,
    "tail_steps" BYTEA,
    "tail_vals" BYTEA NOT NULL,

    CONSTRAINT "series_pkey" PRIMARY KEY ("run_id","index")
);

-- CreateTable
CREATE TABLE "series_chunk" (
    "run_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "chunk" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    "step0" DOUBLE PRECISION NOT NULL,
    "step1" DOUBLE PRECISION NOT NULL,
    "stride" DOUBLE PRECISION,
    "enc" SMALLINT NOT NULL,
    "steps" BYTEA,
    "vals" BYTEA NOT NULL,
    "last" DOUBLE PRECISION NOT NULL,
    "min" DOUBLE PRECISION,
    "min_step" DOUBLE PRECISION,
    "max" DOUBLE PRECISION,
    "max_step" DOUBLE PRECISION,
    "sum" DOUBLE PRECISION NOT NULL,
    "area" DOUBLE PRECISION NOT NULL,
    "non_finite" INTEGER NOT NULL,
    "blocks" BYTEA NOT NULL,

    CONSTRAINT "series_chunk_pkey" PRIMARY KEY ("run_id","index","chunk")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "run_id" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "file" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "backend" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("run_id","step")
);

-- CreateTable
CREATE TABLE "run_log" (
    "run_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL,
    "level" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "run_log_pkey" PRIMARY KEY ("run_id","line")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "hash" BYTEA NOT NULL,
    "key_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "pool" TEXT NOT NULL,
    "backend" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "run_id" UUID,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "key" TEXT NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "run_ids" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "study_number_key" ON "study"("number");

-- CreateIndex
CREATE UNIQUE INDEX "study_name_key" ON "study"("name");

-- CreateIndex
CREATE UNIQUE INDEX "run_number_key" ON "run"("number");

-- CreateIndex
CREATE INDEX "run_study_id_number_idx" ON "run"("study_id", "number");

-- CreateIndex
CREATE INDEX "run_cloned_from_idx" ON "run"("cloned_from");

-- CreateIndex
CREATE INDEX "run_status_number_idx" ON "run"("status", "number");

-- CreateIndex
CREATE INDEX "run_schedule_kind_number_idx" ON "run"("schedule_kind", "number");

-- CreateIndex
CREATE INDEX "run_model_kind_number_idx" ON "run"("model_kind", "number");

-- CreateIndex
CREATE INDEX "run_dataset_kind_number_idx" ON "run"("dataset_kind", "number");

-- CreateIndex
CREATE INDEX "run_optimizer_kind_number_idx" ON "run"("optimizer_kind", "number");

-- CreateIndex
CREATE INDEX "run_best_validation_loss_number_idx" ON "run"("best_validation_loss", "number");

-- CreateIndex
CREATE INDEX "run_final_validation_loss_number_idx" ON "run"("final_validation_loss", "number");

-- CreateIndex
CREATE INDEX "run_name_number_idx" ON "run"("name", "number");

-- CreateIndex
CREATE INDEX "run_tags_idx" ON "run" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "run_deleted_at_idx" ON "run"("deleted_at");

-- CreateIndex
CREATE INDEX "run_need_needs_id_idx" ON "run_need"("needs_id");

-- CreateIndex
CREATE INDEX "run_event_run_id_id_idx" ON "run_event"("run_id", "id");

-- CreateIndex
CREATE INDEX "series_key_run_id_idx" ON "series"("key", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "series_run_id_key_key" ON "series"("run_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "session_key_id_idx" ON "session"("key_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "worker_seen_at_idx" ON "worker"("seen_at");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_study_id_fkey" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_cloned_from_fkey" FOREIGN KEY ("cloned_from") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_need" ADD CONSTRAINT "run_need_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_need" ADD CONSTRAINT "run_need_needs_id_fkey" FOREIGN KEY ("needs_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_attempt" ADD CONSTRAINT "run_attempt_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_event" ADD CONSTRAINT "run_event_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series" ADD CONSTRAINT "series_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "series_chunk" ADD CONSTRAINT "series_chunk_run_id_index_fkey" FOREIGN KEY ("run_id", "index") REFERENCES "series"("run_id", "index") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_log" ADD CONSTRAINT "run_log_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_key"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma does not model.

ALTER TABLE "run" ADD CONSTRAINT "run_status_check"
  CHECK ("status" IN ('queued', 'running', 'cancelling', 'paused', 'completed', 'failed', 'cancelled'));

-- Chunks do not compress (noise), and an external value can be read in slices.
ALTER TABLE "series_chunk"
  ALTER COLUMN "vals" SET STORAGE EXTERNAL,
  ALTER COLUMN "steps" SET STORAGE EXTERNAL,
  ALTER COLUMN "blocks" SET STORAGE EXTERNAL;
ALTER TABLE "series"
  ALTER COLUMN "tail_vals" SET STORAGE EXTERNAL,
  ALTER COLUMN "tail_steps" SET STORAGE EXTERNAL;

-- Every flush rewrites a run's row and the tails of its series: leave room on the page and sweep often.
ALTER TABLE "run" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
ALTER TABLE "series" SET (
  fillfactor = 80,
  toast_tuple_target = 256,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 200,
  toast.autovacuum_vacuum_scale_factor = 0.02,
  toast.autovacuum_vacuum_threshold = 1000
);

-- Little-endian u32 at byte o.
CREATE FUNCTION "le_u32"(b bytea, o int) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT get_byte(b, o)::bigint | (get_byte(b, o + 1)::bigint << 8) | (get_byte(b, o + 2)::bigint << 16)
       | (get_byte(b, o + 3)::bigint << 24)
$$;

-- The i-th little-endian float32 of a column, exactly.
CREATE FUNCTION "le_f32"(b bytea, i int) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  u bigint := le_u32(b, i * 4);
  s float8 := CASE WHEN u >> 31 = 1 THEN -1 ELSE 1 END;
  e int := ((u >> 23) & 255)::int;
  m bigint := u & 8388607;
BEGIN
  IF e = 255 THEN
    IF m <> 0 THEN RETURN 'NaN'; ELSIF s < 0 THEN RETURN '-Infinity'; ELSE RETURN 'Infinity'; END IF;
  ELSIF e = 0 THEN RETURN s * m * power(2::float8, -149);
  ELSE RETURN s * (8388608 + m) * power(2::float8, e - 150);
  END IF;
END $$;

-- The i-th little-endian float64 of a column, exactly.
CREATE FUNCTION "le_f64"(b bytea, i int) RETURNS float8 LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  l bigint := le_u32(b, i * 8);
  h bigint := le_u32(b, i * 8 + 4);
  s float8 := CASE WHEN h >> 31 = 1 THEN -1 ELSE 1 END;
  e int := ((h >> 20) & 2047)::int;
  m float8 := (h & 1048575)::float8 * 4294967296.0 + l;
BEGIN
  IF e = 2047 THEN
    IF m <> 0 THEN RETURN 'NaN'; ELSIF s < 0 THEN RETURN '-Infinity'; ELSE RETURN 'Infinity'; END IF;
  -- 2^-1074 and 2^971 at once would leave the range of float8 on the way: scale in two halves.
  ELSIF e = 0 THEN RETURN s * (m * power(2::float8, -537)) * power(2::float8, -537);
  ELSIF e < 538 THEN RETURN s * ((4503599627370496.0 + m) * power(2::float8, -537)) * power(2::float8, e - 538);
  ELSE RETURN s * (4503599627370496.0 + m) * power(2::float8, e - 1075);
  END IF;
END $$;

-- The value of a series at exactly this step; null when it has no point there. Fetches a slice, not the chunk.
CREATE FUNCTION "series_value_at"(run uuid, idx int, at float8) RETURNS float8 LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
DECLARE
  c record;
  v bytea;
  i int;
  lo int := 0;
  hi int;
  s float8;
BEGIN
  SELECT x.step0, x.stride, x.enc, x.n, x.chunk, x.steps INTO c FROM (
    SELECT k.step0, k.stride, k.enc, k.n, k.chunk, CASE WHEN k.stride IS NULL THEN k.steps END AS steps
      FROM series_chunk k WHERE k.run_id = run AND k.index = idx AND k.step0 <= at AND k.step1 >= at
    UNION ALL
    SELECT t.tail_step0, t.tail_stride, t.tail_enc, t.n - t.sealed * 1024, NULL, t.tail_steps
      FROM series t WHERE t.run_id = run AND t.index = idx AND t.tail_step0 <= at AND t.last_step >= at
  ) x LIMIT 1;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF c.stride IS NOT NULL THEN
    i := round((at - c.step0) / c.stride)::int;
    IF c.step0 + i * c.stride <> at THEN RETURN NULL; END IF;
  ELSE
    hi := c.n - 1;
    WHILE lo < hi LOOP
      i := (lo + hi) / 2;
      IF le_f64(c.steps, i) < at THEN lo := i + 1; ELSE hi := i; END IF;
    END LOOP;
    i := lo;
    s := le_f64(c.steps, i);
    IF s <> at THEN RETURN NULL; END IF;
  END IF;
  IF c.chunk IS NULL THEN
    SELECT substring(t.tail_vals FROM i * c.enc + 1 FOR c.enc) INTO v FROM series t WHERE t.run_id = run AND t.index = idx;
  ELSE
    SELECT substring(k.vals FROM i * c.enc + 1 FOR c.enc) INTO v
      FROM series_chunk k WHERE k.run_id = run AND k.index = idx AND k.chunk = c.chunk;
  END IF;
  RETURN CASE WHEN c.enc = 4 THEN le_f32(v, 0) ELSE le_f64(v, 0) END;
END $$;
