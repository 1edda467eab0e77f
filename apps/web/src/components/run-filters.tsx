import { runStatuses } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { catalogueQuery } from "../api/queries.ts";
import { runOrders, type RunsSearch } from "../state/search.ts";

type Filter = Omit<RunsSearch, "selected">;

interface Props {
  readonly search: Filter;
  readonly onChange: (change: Filter) => void;
}

const orderNames = {
  newest: "Newest first",
  oldest: "Oldest first",
  "best-validation-loss": "Best validation loss",
  "final-validation-loss": "Final validation loss",
  name: "Name",
} as const;

/** What narrows the list of runs; all of it is in the URL. */
export function RunFilters({ search, onChange }: Props) {
  const { data: catalogue } = useQuery(catalogueQuery);
  const kinds = [
    ["schedule", catalogue?.schedules],
    ["model", catalogue?.models],
    ["optimizer", catalogue?.optimizers],
  ] as const;
  return (
    <>
      <input
        type="search"
        aria-label="Search by name"
        placeholder="Search by name  /"
        value={search.q ?? ""}
        onChange={(event) => onChange({ q: event.target.value || undefined })}
      />
      <select
        aria-label="Status"
        value={search.status?.length === 1 ? search.status[0] : ""}
        onChange={(event) => {
          const status = runStatuses.find((one) => one === event.target.value);
          onChange({ status: status ? [status] : undefined });
        }}
      >
        <option value="">
          {search.status && search.status.length > 1 ? search.status.join(" or ") : "Any status"}
        </option>
        {runStatuses.map((status) => (
          <option key={status}>{status}</option>
        ))}
      </select>
      {kinds.map(([name, entries]) => (
        <select
          key={name}
          aria-label={name}
          value={search[name] ?? ""}
          onChange={(event) => onChange({ [name]: event.target.value || undefined })}
        >
          <option value="">Any {name}</option>
          {(entries ?? []).map(({ kind, title }) => (
            <option key={kind} value={kind}>
              {title}
            </option>
          ))}
        </select>
      ))}
      <select
        aria-label="Order"
        value={search.order ?? "newest"}
        onChange={(event) =>
          onChange({ order: runOrders.find((one) => one === event.target.value && one !== "newest") })
        }
      >
        {runOrders.map((order) => (
          <option key={order} value={order}>
            {orderNames[order]}
          </option>
        ))}
      </select>
    </>
  );
}
