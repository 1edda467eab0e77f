import type { Upload } from "@etude/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { client } from "../api/client.ts";
import { uploadsQuery } from "../api/learning-queries.ts";
import { Age } from "../components/age.tsx";
import { ConfirmButton } from "../components/confirm-button.tsx";
import { Empty } from "../components/empty.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { sayError } from "../components/toasts.tsx";
import { formatBytes, formatInteger, formatNumber } from "../format/number.ts";
import { usePageTitle } from "../state/title.ts";

/** Files of one's own that runs learn from. */
export function DataPage(): ReactElement {
  usePageTitle("Data");
  const { data, error, isPending, refetch } = useQuery(uploadsQuery);
  return (
    <div className="stack">
      <h1 className="hidden-visually">Data</h1>
      <UploadBox />
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <TableSkeleton rows={4} />}
      {data?.uploads.length === 0 && (
        <Empty title="No uploads yet" command="npm run etude -- upload iris.csv">
          A file of your own becomes a dataset that every run can learn from. Drop one above, or use this command:
        </Empty>
      )}
      {data?.uploads.map((upload) => (
        <UploadCard key={upload.id} upload={upload} />
      ))}
    </div>
  );
}

function UploadBox() {
  const queries = useQueryClient();
  const [over, setOver] = useState(false);
  const send = useMutation({
    mutationFn: async (file: File) =>
      client.createUpload({ name: file.name, body: new Uint8Array(await file.arrayBuffer()) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["uploads"] }),
  });
  const take = (file: File | undefined): void => {
    setOver(false);
    if (file) send.mutate(file);
  };
  return (
    <div className="stack">
      <label
        className={`upload-box ${over ? "over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          take(event.dataTransfer.files[0]);
        }}
      >
        <span>{send.isPending ? "Uploading" : "Drop a CSV, NPY, NPZ or Parquet file here, or choose one"}</span>
        <input
          type="file"
          aria-label="File to upload"
          accept=".csv,.tsv,.txt,.npy,.npz,.parquet"
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </label>
      {send.error && <Problem error={send.error} />}
    </div>
  );
}

function UploadCard({ upload }: { readonly upload: Upload }) {
  const queries = useQueryClient();
  const { name, schema, bytes, createdAt, sha256 } = upload;
  const target = schema.columns.at(-1)?.name;
  const spec = { dataset: { kind: "upload", upload: sha256, ...(schema.columns.length > 1 && { target }) } };
  const remove = async (): Promise<void> => {
    await client.deleteUpload({ upload: upload.id });
    await queries.invalidateQueries({ queryKey: ["uploads"] });
  };
  return (
    <section className="panel stack" aria-label={name}>
      <div className="row spread">
        <span className="row">
          <h2>{name}</h2>
          <span className="muted">
            {schema.format}, {formatInteger(schema.rows)} rows, {formatBytes(bytes)}, <Age at={createdAt} ago />
          </span>
        </span>
        <span className="row">
          <Link to="/submit" search={{ spec: JSON.stringify(spec) }} className="button">
            Train on it
          </Link>
          <ConfirmButton label="Delete" confirm="Delete for good" onConfirm={() => void remove().catch(sayError)} />
        </span>
      </div>
      <div className="scroll">
        <table className="grid">
          <thead>
            <tr>
              <th>Column</th>
              <th>Type</th>
              <th className="number">Missing</th>
              <th className="number">Different</th>
              <th className="number">Min</th>
              <th className="number">Max</th>
              <th>To look at</th>
            </tr>
          </thead>
          <tbody>
            {schema.columns.map((column) => (
              <tr key={column.name}>
                <td className="name mono">{column.name}</td>
                <td className="nowrap">
                  {column.type}
                  {column.shape.length > 0 && ` ${column.shape.join(" × ")}`}
                </td>
                <td className="number">{formatInteger(column.missing)}</td>
                <td className="number">{column.distinct === null ? "many" : formatInteger(column.distinct)}</td>
                <td className="number">{formatNumber(column.min)}</td>
                <td className="number">{formatNumber(column.max)}</td>
                <td className="warn">
                  {[
                    column.invalid &&
                      `row ${column.invalid.row}: "${column.invalid.text}" is no number (${column.invalid.count} such)`,
                    column.missing > 0 && `row ${column.firstMissing} has no value`,
                  ]
                    .filter(Boolean)
                    .join("; ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
