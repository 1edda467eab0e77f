import { useSyncExternalStore } from "react";

/** What the user chose; `system` follows the operating system. */
export const themeChoices = ["system", "dark", "light"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const storageKey = "etude-theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

const chosen = (): ThemeChoice => {
  const value = document.documentElement.dataset["theme"];
  return value === "dark" || value === "light" ? value : "system";
};

function choose(choice: ThemeChoice): void {
  if (choice === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
  try {
    if (choice === "system") localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, choice);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  systemIsDark.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    systemIsDark.removeEventListener("change", listener);
  };
}

const snapshot = (): string => `${systemIsDark.matches && chosen() !== "light" ? "dark" : chosen()} ${chosen()}`;

/** The theme that is shown, the user's choice behind it, and how to change the choice. */
export function useTheme(): [shown: "dark" | "light", choice: ThemeChoice, choose: (choice: ThemeChoice) => void] {
  useSyncExternalStore(subscribe, snapshot);
  const choice = chosen();
  const shown = choice === "system" ? (systemIsDark.matches ? "dark" : "light") : choice;
  return [shown, choice, choose];
}
