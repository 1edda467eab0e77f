import { Dialog } from "./dialog.tsx";

const groups = [
  {
    title: "Anywhere",
    keys: [
      ["Ctrl K, ⌘ K", "go to anything"],
      ["/", "search"],
      ["g r, g c, g l, g s", "runs, compare, schedules, studies"],
      ["g a, g d, g e", "advice on schedules, data, settings"],
      ["g n", "new run"],
      ["?", "this help"],
    ],
  },
  {
    title: "Runs",
    keys: [
      ["j, k", "next, previous"],
      ["Enter", "open"],
      ["x", "select"],
      ["c", "compare the selected"],
      ["Escape", "select nothing"],
    ],
  },
  {
    title: "Charts (focus one with Tab)",
    keys: [
      ["drag", "zoom to a range"],
      ["double click, 0", "show everything"],
      ["← →", "move the cursor; with Shift faster"],
      ["+, −", "zoom around the cursor"],
    ],
  },
] as const;

/** All keys of the dashboard. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog label="Keyboard" onClose={onClose}>
      <div className="stack">
        <div className="row spread">
          <h1>Keyboard</h1>
          <button type="button" className="quiet" onClick={onClose}>
            Close
          </button>
        </div>
        {groups.map(({ title, keys }) => (
          <section key={title} className="stack">
            <h3>{title}</h3>
            <dl className="facts">
              {keys.map(([key, what]) => (
                <div key={key} className="key-row">
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
