import { useEffect, useState } from "react";

interface Props {
  readonly label: string;
  /** What the second press is called. */
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** A destructive act: the first press asks, the second within four seconds does it. */
export function ConfirmButton({ label, confirm, onConfirm }: Props) {
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (!asking) return undefined;
    const timer = setTimeout(() => setAsking(false), 4000);
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <button
      type="button"
      className={asking ? "danger" : "quiet"}
      onClick={() => {
        if (asking) onConfirm();
        setAsking(!asking);
      }}
    >
      <span aria-live="polite">{asking ? confirm : label}</span>
    </button>
  );
}
