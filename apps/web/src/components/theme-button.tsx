import { themeChoices, useTheme } from "../state/theme.ts";

const marks = { system: "◐", dark: "●", light: "○" } as const;

/** Goes through system, dark and light. */
export function ThemeButton() {
  const [, choice, choose] = useTheme();
  const next = themeChoices[(themeChoices.indexOf(choice) + 1) % themeChoices.length]!;
  return (
    <button
      type="button"
      className="quiet"
      aria-label={`Theme: ${choice}. Change to ${next}.`}
      title={`Theme: ${choice}`}
      onClick={() => choose(next)}
    >
      <span aria-hidden="true">{marks[choice]}</span>
    </button>
  );
}
