import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState, type KeyboardEvent } from "react";
import { runsQuery, studiesQuery } from "../api/queries.ts";
import { themeChoices, useTheme } from "../state/theme.ts";
import { Dialog } from "./dialog.tsx";
import { morePages, places } from "./places.ts";

interface Command {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly act: () => void;
}

interface Props {
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

/** Goes anywhere: pages, runs and studies by name, and a few commands. */
export function CommandPalette({ onClose, onHelp }: Props) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const commands = useCommands(text, onHelp);
  const current = Math.min(at, commands.length - 1);
  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    command.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (move !== 0) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(commands.length - 1, current + move)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(commands[current]);
    }
  };
  return (
    <Dialog label="Go to" className="palette" onClose={onClose}>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={commands[current] ? `${listId}-${current}` : undefined}
        aria-label="Page, run or command"
        placeholder="Page, run or command"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} role="listbox" aria-label="Results">
        {commands.map((command, i) => (
          <li
            key={command.id}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === current}
            onPointerMove={() => setAt(i)}
            onClick={() => run(command)}
          >
            <span>{command.name}</span>
            <span className="muted">{command.hint}</span>
          </li>
        ))}
        {commands.length === 0 && <li className="muted">Nothing has this name.</li>}
      </ul>
    </Dialog>
  );
}

function useCommands(text: string, onHelp: () => void): Command[] {
  const navigate = useNavigate();
  const [, , chooseTheme] = useTheme();
  const q = text.trim();
  const { data: runs } = useQuery({ ...runsQuery({ q: q === "" ? undefined : q, limit: 8 }), refetchInterval: false });
  const { data: studies } = useQuery({ ...studiesQuery, refetchInterval: false });
  const fits = (name: string): boolean => name.toLowerCase().includes(q.toLowerCase());
  const fixed: Command[] = [
    ...[...places, ...morePages].map(({ to, name }) => ({
      id: `${to} ${name}`,
      name,
      hint: "page",
      act: () => void navigate({ to }),
    })),
    ...themeChoices.map((choice) => ({
      id: `theme ${choice}`,
      name: `Theme: ${choice}`,
      hint: "command",
      act: () => chooseTheme(choice),
    })),
    { id: "help", name: "Keyboard help", hint: "?", act: onHelp },
  ];
  const found: Command[] = [
    ...(studies?.studies ?? [])
      .filter(({ name }) => q !== "" && fits(name))
      .map(({ id, name }) => ({
        id,
        name,
        hint: "study",
        act: () => void navigate({ to: "/studies/$studyId", params: { studyId: id } }),
      })),
    // While the server searches, the answer to the text before is still here.
    ...(runs?.runs ?? [])
      .filter(({ name }) => fits(name))
      .map(({ id, name, status }) => ({
        id,
        name,
        hint: status,
        act: () => void navigate({ to: "/runs/$runId", params: { runId: id } }),
      })),
  ];
  return [...fixed.filter(({ name }) => fits(name)), ...found].slice(0, 18);
}
