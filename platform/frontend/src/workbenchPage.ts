// The workbench: puts editor, draft, results, snippet and tabs together.
import type { CompletionSource } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { ofContract, ofModules, type Contracted } from "./completion";
import { startDividers } from "./dividers";
import { all, find, need, pageData } from "./dom";
import type { DraftKeeper } from "./draft";
import { applySettings, createEditor, goToLine, type Commands } from "./editor";
import { startKeys } from "./editorKeys";
import { faultsOf, showFaults } from "./faults";
import { keeperOf } from "./keeping";
import { namesFrom } from "./names";
import { opening, parseLocal, type Draft } from "./opening";
import { ResultPanel, type Graded } from "./panel";
import { Recorder, type Mark } from "./recorder";
import { recall } from "./remembered";
import { recordState } from "./saveState";
import { Scratch, type Tried } from "./scratch";
import { Sender } from "./sending";
import { startSettings } from "./settings";
import { startReset } from "./starter";
import { isOver, type Panel } from "./story";
import { startTabs } from "./tabs";
import { Versions } from "./versions";

interface Followed extends Graded {
  state: string;
}

/** One of the two texts that are typed here. */
interface Desk {
  editor: string;
  /** What holds the words on whether it is saved. */
  bar: string;
  data: string;
  url: string;
  key: string;
  label: string;
  hint?: string;
}

/** An editor with its text in it; a copy that only this browser has comes first. */
function openEditor(root: HTMLElement, desk: Desk, commands: Commands, sources: CompletionSource[]): { view: EditorView; keeper: DraftKeeper } {
  const server = pageData<Draft>(desk.data) ?? { source: "", revision: 0, saved_at: null };
  const first = opening(server, parseLocal(recall(desk.key)));
  const { label, hint = "" } = desk;
  const view: EditorView = createEditor(need(desk.editor, root), { doc: first.source, label, hint, commands, sources, onChange: () => keeper.changed() });
  const keeper: DraftKeeper = keeperOf(view, need(desk.bar, root), { url: desk.url, key: desk.key, server, first });
  return { view, keeper };
}

const HINT = "# Try something: your file's names are here.";

/** The room of an interview says where to; elsewhere nothing is recorded, and a submission has nothing to say of it. */
function startRecorder(root: HTMLElement, view: EditorView, bar: string): () => Promise<Mark> {
  const { timelineUrl, timelineTask = "" } = root.dataset;
  if (!timelineUrl) return () => Promise.resolve({});
  const recorder = new Recorder(view, timelineUrl, timelineTask, recordState(need(bar, root)));
  return () => recorder.mark();
}

export function startWorkbench(root: HTMLElement): void {
  const openView = startTabs(need("[data-views]", root), (view) => (root.dataset["view"] = view));
  startTabs(need("[data-statement-tabs]", root));
  startDividers(root);
  for (const code of all(".prose pre, .prose table", root)) code.tabIndex = 0; // wide ones scroll, also by keyboard

  const { draftUrl = "", snippetUrl = "", submitUrl = "", keep = "", names = "" } = root.dataset;
  const modules = ofModules(namesFrom(names));
  const commands: Commands = { run: () => void sender.send("run"), submit: () => void sender.send("submit"), scratch: () => tryOut() };
  const file: Desk = { editor: "[data-editor]", bar: "#view-code", data: "draft", url: draftUrl, key: `gradetape:draft:${keep}`, label: "Your code, solution.py" };
  const aside: Desk = { editor: "[data-scratch-editor]", bar: "[data-scratch]", data: "snippet", url: snippetUrl, key: `gradetape:snippet:${keep}`, label: "Your snippet", hint: HINT };
  const { view, keeper } = openEditor(root, file, commands, [ofContract(pageData<Contracted[]>("contract") ?? []), modules]);
  const mark = startRecorder(root, view, file.bar);
  const bench = find("[data-scratch]", root);
  const snippet = bench && openEditor(root, aside, commands, [modules]);
  const views = snippet ? [view, snippet.view] : [view];

  let marked: Panel | null = null;
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
  const sender: Sender = new Sender(root, submitUrl, panel, () => view.state.doc.toString(), () => {
    openView("results");
    showFaults(view, []);
    void keeper.save();
  }, mark);
  const scratch =
    bench && snippet
      ? new Scratch(bench, submitUrl, snippet.view, view, () => {
          void keeper.save();
          void snippet.keeper.save();
        }, mark)
      : null;
  const tryOut = (): void => {
    if (!scratch) return;
    openView("results");
    need("#tab-scratch", root).click();
    void scratch.send();
  };
  startReset(root, view, keeper, pageData<string>("starter") ?? "", `gradetape:before-starter:${keep}`);
  const opener = find("[data-versions-open]", root);
  if (opener) new Versions(opener, `${draftUrl}versions/`, file.key, view, keeper);
  const applyKeysOf = startKeys(root, views, commands, () => void keeper.save());
  startSettings(root, (settings) => {
    root.style.setProperty("--editor-size", `${settings.size}px`);
    views.forEach((one) => applySettings(one, settings));
    applyKeysOf(settings);
  });

  const followed = pageData<Followed>("followed");
  for (const graded of pageData<Graded[]>("also-followed") ?? []) panel.alsoFollow(graded);
  if (followed) sender.follow(followed);
  else panel.reset();
  const tried = pageData<Tried>("tried");
  if (tried) scratch?.begin(tried);
  keysOutsideTheEditor(root, commands);
}

/** Ctrl-Enter and Alt-Enter also work where no editor has the focus. */
function keysOutsideTheEditor(root: HTMLElement, commands: Commands): void {
  document.addEventListener("keydown", (event) => {
    const inEditor = event.target instanceof Element && event.target.closest(".cm-editor");
    const mod = event.ctrlKey || event.metaKey;
    if (event.key !== "Enter" || mod === event.altKey || inEditor || !root.isConnected || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (event.altKey) commands.scratch();
    else if (event.shiftKey) commands.submit();
    else commands.run();
  });
}
