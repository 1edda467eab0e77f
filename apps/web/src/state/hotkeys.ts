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

let first: { readonly name: string; readonly atMs: number } | undefined;

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
      const paired = first && event.timeStamp - first.atMs < pairMs ? `${first.name} ${name}` : name;
      const act = current.current[paired] ?? current.current[name];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Remembers the last key for pairs. Called once. */
export function installKeyMemory(): void {
  window.addEventListener("keydown", (event) => {
    if (typing(event.target)) return;
    const pressed = { name: nameOf(event), atMs: event.timeStamp };
    // After every other listener has seen the event.
    setTimeout(() => (first = pressed));
  });
}
