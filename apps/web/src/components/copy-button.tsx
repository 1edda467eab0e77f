import { useEffect, useState } from "react";

interface Props {
  readonly text: string;
  readonly label?: string;
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label = "Copy" }: Props) {
  const [outcome, setOutcome] = useState<string>();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), 1500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome("Copied"),
      () => setOutcome("Copying is blocked: select the text"),
    );
  };
  return (
    <button type="button" className="quiet" onClick={copy}>
      <span aria-live="polite">{outcome ?? label}</span>
    </button>
  );
}
