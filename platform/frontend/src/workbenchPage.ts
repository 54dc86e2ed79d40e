// The workbench: puts editor, draft, results and tabs together.
import type { EditorView } from "@codemirror/view";
import { askWhich } from "./conflict";
import { startDividers } from "./dividers";
import { all, need, pageData } from "./dom";
import { DraftKeeper } from "./draft";
import { createEditor, goToLine, replaceAll } from "./editor";
import { faultsOf, showFaults } from "./faults";
import { opening, parseLocal, type Draft } from "./opening";
import { ResultPanel, type Graded } from "./panel";
import { recall } from "./remembered";
import { showSaveState } from "./saveState";
import { Sender } from "./sending";
import { startReset } from "./starter";
import { isOver, type Panel } from "./story";
import { startTabs } from "./tabs";

interface Followed extends Graded {
  state: string;
}

/** The editor with the draft in it; a copy that only this browser has comes first. */
function openEditor(root: HTMLElement, commands: { run: () => void; submit: () => void }): { view: EditorView; keeper: DraftKeeper } {
  const { draftUrl = "", keep = "" } = root.dataset;
  const server = pageData<Draft>("draft") ?? { source: "", revision: 0, saved_at: null };
  const key = `gradetape:draft:${keep}`;
  const first = opening(server, parseLocal(recall(key)));
  const view: EditorView = createEditor(need("[data-editor]", root), first.source, commands, () => keeper.changed());
  const known = first.kind === "ahead" ? first : server;
  const keeper: DraftKeeper = new DraftKeeper(draftUrl, key, known.revision, known.source, {
    read: () => view.state.doc.toString(),
    show: (state) => showSaveState(root, state),
    conflict: (theirs) => {
      void askWhich(view.state.doc.toString(), theirs.source).then((which) => {
        if (which === "theirs") replaceAll(view, theirs.source);
        keeper.resolved(theirs);
      });
    },
  });
  if (first.kind === "conflict") keeper.meet(first.theirs);
  else if (first.kind === "local") void keeper.save();
  else showSaveState(root, { kind: "saved", at: server.saved_at ? new Date(server.saved_at) : null });
  return { view, keeper };
}

export function startWorkbench(root: HTMLElement): void {
  const openView = startTabs(need("[data-views]", root), (view) => (root.dataset["view"] = view));
  startTabs(need("[data-statement-tabs]", root));
  startDividers(root);
  for (const code of all(".prose pre, .prose table", root)) code.tabIndex = 0; // wide ones scroll, also by keyboard

  let marked: Panel | null = null;
  const { view, keeper } = openEditor(root, { run: () => void sender.send("run"), submit: () => void sender.send("submit") });
  const panel = new ResultPanel(need("[data-results]", root), {
    goToLine: (line) => {
      openView("code");
      goToLine(view, line);
    },
    changed: (state) => {
      sender?.update();
      if (isOver(state) && state !== marked) {
        marked = state;
        if (state.lastId !== null) showFaults(view, faultsOf(state));
        document.body.dispatchEvent(new CustomEvent("submission-over"));
      }
    },
  });
  const sender: Sender = new Sender(root, root.dataset["submitUrl"] ?? "", panel, () => view.state.doc.toString(), () => {
    openView("results");
    showFaults(view, []);
    void keeper.save();
  });
  startReset(root, view, pageData<string>("starter") ?? "", `gradetape:before-starter:${root.dataset["keep"] ?? ""}`);

  const followed = pageData<Followed>("followed");
  if (followed) sender.follow(followed);
  else panel.reset();
  keysOutsideTheEditor(root, sender);
}

/** Ctrl-Enter also works where the editor has no focus. */
function keysOutsideTheEditor(root: HTMLElement, sender: Sender): void {
  document.addEventListener("keydown", (event) => {
    const inEditor = event.target instanceof Element && event.target.closest("[data-editor]");
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || inEditor || !root.isConnected) return;
    event.preventDefault();
    void sender.send(event.shiftKey ? "submit" : "run");
  });
}
