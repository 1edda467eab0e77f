import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { runQuery } from "../api/queries.ts";

/** A run by its name, once that is known. */
export function RunLink({ runId }: { readonly runId: string }) {
  const { data } = useQuery({ ...runQuery(runId), refetchInterval: false });
  return (
    <Link to="/runs/$runId" params={{ runId }} className="link">
      {data?.name ?? runId}
    </Link>
  );
}
