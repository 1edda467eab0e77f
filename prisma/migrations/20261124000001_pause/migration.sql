-- AlterTable
ALTER TABLE "run" ADD COLUMN     "pause_requested" BOOLEAN NOT NULL DEFAULT false;
