-- AlterTable
ALTER TABLE "run" ADD COLUMN     "rate_shape" BYTEA,
ADD COLUMN     "rate_shape_attempt" INTEGER;

-- A query asks these last, of the runs that everything cheaper has left.
ALTER FUNCTION "series_value_at"(uuid, int, float8) COST 2000;

-- The i-th value of a column of float32 (enc 4) or float64 (enc 8), with no function call for the common one.
CREATE FUNCTION "le_value"(b bytea, i int, enc int) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN enc = 4 THEN le_f32(b, i) ELSE le_f64(b, i) END
$$;

-- The first step of a series whose finite value is at most `target` (`below`), or at least; null when there is none.
-- Chunks are found by their extremes, the block within by its own, and 64 points are read.
CREATE FUNCTION "series_first_crossing"(run uuid, idx int, target float8, below boolean)
RETURNS float8 LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 5000 AS $$
DECLARE
  c record;
  lo int := 0;
  i int;
BEGIN
  PERFORM FROM series s WHERE s.run_id = run AND s.index = idx
    AND CASE WHEN below THEN s.min <= target ELSE s.max >= target END;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT k.step0, k.stride, k.enc, k.n, k.steps, k.vals, k.blocks INTO c FROM series_chunk k
    WHERE k.run_id = run AND k.index = idx AND CASE WHEN below THEN k.min <= target ELSE k.max >= target END
    ORDER BY k.chunk LIMIT 1;
  IF FOUND THEN
    SELECT 64 * g.b INTO lo FROM generate_series(0, 15) g(b)
      WHERE CASE WHEN below THEN le_value(c.blocks, 16 + g.b, c.enc) <= target
        ELSE le_value(c.blocks, 32 + g.b, c.enc) >= target AND le_value(c.blocks, 32 + g.b, c.enc) <> 'NaN' END
      LIMIT 1;
  ELSE
    SELECT s.tail_step0 AS step0, s.tail_stride AS stride, s.tail_enc AS enc, s.n - s.sealed * 1024 AS n,
        s.tail_steps AS steps, s.tail_vals AS vals INTO c
      FROM series s WHERE s.run_id = run AND s.index = idx;
  END IF;
  SELECT g.i INTO i FROM generate_series(lo, c.n - 1) g(i) CROSS JOIN LATERAL (SELECT le_value(c.vals, g.i, c.enc) AS v) x
    WHERE CASE WHEN below THEN x.v <= target AND x.v <> '-Infinity' ELSE x.v >= target AND x.v < 'Infinity' END
    LIMIT 1;
  RETURN CASE WHEN c.stride IS NULL THEN le_f64(c.steps, i) ELSE c.step0 + i * c.stride END;
END $$;
