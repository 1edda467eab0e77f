import { useEffect, useRef } from "react";

/** Keys and what they do: "j", "/", "?", "mod+k" (Ctrl or ⌘), "g r" (one after the other). */
export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** The second key of a pair must follow the first within this time. */
const pairMs = 1200;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The name of a key press as `Hotkeys` writes it. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

interface Press {
  readonly name: string;
  readonly atMs: number;
}

/** The key being pressed, and the one before it. */
let latest: Press | undefined;
let before: Press | undefined;

/** Listens for keys while the component is shown. Keys without Ctrl or ⌘ are ignored while somebody types or a dialog is open. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const current = useRef(hotkeys);
  useEffect(() => {
    current.current = hotkeys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.altKey || event.defaultPrevented) return;
      const name = nameOf(event);
      const free = !typing(event.target) && !document.querySelector("dialog[open]");
      if (!free && !name.startsWith("mod+")) return;
      const paired = before && event.timeStamp - before.atMs < pairMs ? `${before.name} ${name}` : name;
      const act = current.current[paired] ?? current.current[name];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Remembers the last two keys, for pairs. Called once. */
export function installKeyMemory(): void {
  const remember = (event: KeyboardEvent): void => {
    if (typing(event.target)) return;
    before = latest;
    latest = { name: nameOf(event), atMs: event.timeStamp };
  };
  // While the event comes down to its target, so before any listener that acts on it.
  window.addEventListener("keydown", remember, { capture: true });
}
