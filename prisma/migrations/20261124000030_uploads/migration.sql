-- CreateTable
CREATE TABLE "upload" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "schema" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_upload" (
    "run_id" UUID NOT NULL,
    "upload_id" UUID NOT NULL,

    CONSTRAINT "run_upload_pkey" PRIMARY KEY ("run_id","upload_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "upload_number_key" ON "upload"("number");

-- CreateIndex
CREATE UNIQUE INDEX "upload_sha256_key" ON "upload"("sha256");

-- CreateIndex
CREATE INDEX "run_upload_upload_id_idx" ON "run_upload"("upload_id");

-- AddForeignKey
ALTER TABLE "run_upload" ADD CONSTRAINT "run_upload_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_upload" ADD CONSTRAINT "run_upload_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "upload"("id") ON DELETE CASCADE ON UPDATE CASCADE;
