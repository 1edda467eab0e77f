/** Where rows will be, shown while they load. */
export function TableSkeleton({ rows }: { readonly rows: number }) {
  return (
    <div className="panel stack" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="skeleton" style={{ width: `${90 - ((i * 13) % 40)}%` }} />
      ))}
    </div>
  );
}
