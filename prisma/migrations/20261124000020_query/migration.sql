-- AlterTable
ALTER TABLE "run" ADD COLUMN     "rate_shape" BYTEA,
ADD COLUMN     "rate_shape_attempt" INTEGER;

-- The runs that a query looks at, without their specs, newest first.
CREATE INDEX "run_live_idx" ON "run" ("number" DESC) INCLUDE ("id") WHERE "deleted_at" IS NULL;

-- A query asks these last, of the runs that everything cheaper has left.
ALTER FUNCTION "series_value_at"(uuid, int, float8) COST 2000;
ALTER FUNCTION "le_f32"(bytea, int) COST 1000;
ALTER FUNCTION "le_f64"(bytea, int) COST 1000;

-- The i-th value of a column of float32 (enc 4) or float64 (enc 8), with no function call for the common one.
CREATE FUNCTION "le_value"(b bytea, i int, enc int) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN enc = 4 THEN le_f32(b, i) ELSE le_f64(b, i) END
$$;

-- The first step of a series whose finite value is at most `target` (`below`), or at least; null when there is none.
-- Chunks are found by their extremes, the block within by its own, and 64 points are read. Points are sifted by sign,
-- exponent and the first digits, which lie in their two highest bytes, before they are decoded. What is read byte by byte
-- is fetched whole first (|| '').
CREATE FUNCTION "series_first_crossing"(run uuid, idx int, target float8, below boolean)
RETURNS float8 LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 5000 AS $$
DECLARE
  c record;
  lo int := 0;
  i int;
  bias int;
  digits int;
  e int;
  top int := 0;
BEGIN
  PERFORM FROM series s WHERE s.run_id = run AND s.index = idx
    AND CASE WHEN below THEN s.min <= target ELSE s.max >= target END;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT k.step0, k.stride, k.enc, k.n, k.steps, k.vals || '' AS vals, k.blocks INTO c FROM series_chunk k
    WHERE k.run_id = run AND k.index = idx AND CASE WHEN below THEN k.min <= target ELSE k.max >= target END
    ORDER BY k.chunk LIMIT 1;
  IF FOUND THEN
    SELECT 64 * g.b INTO lo FROM generate_series(0, 15) g(b)
      WHERE CASE WHEN below THEN le_value(c.blocks, 16 + g.b, c.enc) <= target
        ELSE le_value(c.blocks, 32 + g.b, c.enc) >= target AND le_value(c.blocks, 32 + g.b, c.enc) <> 'NaN' END
      LIMIT 1;
  ELSE
    SELECT s.tail_step0 AS step0, s.tail_stride AS stride, s.tail_enc AS enc, s.n - s.sealed * 1024 AS n,
        s.tail_steps AS steps, s.tail_vals || '' AS vals INTO c
      FROM series s WHERE s.run_id = run AND s.index = idx;
  END IF;
  bias := CASE WHEN c.enc = 4 THEN 127 ELSE 1023 END;
  digits := CASE WHEN c.enc = 4 THEN 128 ELSE 16 END;
  IF abs(target) BETWEEN 1e-30 AND 1e30 THEN
    e := floor(ln(abs(target)) / ln(2::float8))::int;
    top := (e + bias) * digits + floor((abs(target) / power(2::float8, e) - 1) * digits)::int;
  ELSIF abs(target) > 1 THEN
    top := CASE WHEN below THEN 32767 ELSE 0 END;
  ELSE
    top := CASE WHEN below THEN 32767 ELSE -1 END;
  END IF;
  IF below THEN
    SELECT g.i INTO i FROM generate_series(lo, c.n - 1) g(i)
      WHERE (get_byte(c.vals, g.i * c.enc + c.enc - 1) >= 128 OR (target >= 0
          AND get_byte(c.vals, g.i * c.enc + c.enc - 1) * 256 + get_byte(c.vals, g.i * c.enc + c.enc - 2) <= top + 1))
        AND le_value(c.vals, g.i, c.enc) <= target AND le_value(c.vals, g.i, c.enc) <> '-Infinity'
      LIMIT 1;
  ELSE
    SELECT g.i INTO i FROM generate_series(lo, c.n - 1) g(i)
      WHERE (target <= 0 OR (get_byte(c.vals, g.i * c.enc + c.enc - 1) < 128
          AND get_byte(c.vals, g.i * c.enc + c.enc - 1) * 256 + get_byte(c.vals, g.i * c.enc + c.enc - 2) >= top - 1))
        AND le_value(c.vals, g.i, c.enc) >= target AND le_value(c.vals, g.i, c.enc) < 'Infinity'
      LIMIT 1;
  END IF;
  RETURN CASE WHEN c.stride IS NULL THEN le_f64(c.steps, i) ELSE c.step0 + i * c.stride END;
END $$;
