// The editor of the studio: one file, kept while one types, with its problems, its preview and help.
import type { EditorView } from "@codemirror/view";
import { ofModules } from "./completion";
import { all, find, need, pageData } from "./dom";
import type { DraftKeeper } from "./draft";
import { applySettings, createEditor, goToLine } from "./editor";
import { startKeys } from "./editorKeys";
import { keeperOf } from "./keeping";
import { languageOf } from "./languages";
import { namesFrom } from "./names";
import { opening, parseLocal, type Draft } from "./opening";
import { Preview } from "./preview";
import { ProblemList, problemsWhileTyping } from "./problems";
import { recall } from "./remembered";
import { startSettings } from "./settings";
import { startTabs } from "./tabs";
import { Versions } from "./versions";

export function startStudio(root: HTMLElement): void {
  startTabs(need("[data-views]", root), (view) => (root.dataset["view"] = view));
  startTabs(need("[data-aside-tabs]", root));
  for (const code of all(".prose pre, .prose table", root)) code.tabIndex = 0; // wide ones scroll, also by keyboard
  const editor = find("[data-editor]", root);
  if (editor) startFile(root, editor);
}

function startFile(root: HTMLElement, editor: HTMLElement): void {
  const { url = "", path = "", keep = "", names = "", files = "" } = root.dataset;
  const key = `gradetape:file:${keep}`;
  const server = pageData<Draft>("draft") ?? { source: "", revision: 0, saved_at: null };
  const first = opening(server, parseLocal(recall(key)));
  const box = find("[data-preview]", root);
  const preview = box && new Preview(box, `${url}preview/`, () => view.state.doc.toString());
  const problems = new ProblemList(root, path, files, () => view);
  const save = (): void => void keeper.save();
  const commands = { run: save, submit: save, scratch: save };
  const view: EditorView = createEditor(editor, {
    doc: first.source,
    label: path,
    commands,
    sources: path.endsWith(".py") ? [ofModules(namesFrom(names))] : [],
    language: languageOf(path),
    faults: problemsWhileTyping(`${url}lint/`, path, (found) => problems.show(found)),
    onChange: () => {
      keeper.changed();
      preview?.changed();
    },
  });
  const keeper: DraftKeeper = keeperOf(view, root, { url, key, server, first });
  new Versions(need("[data-versions-open]", root), `${url}versions/`, key, view, keeper);
  const applyKeysOf = startKeys(root, [view], commands, save);
  startSettings(root, (settings) => {
    root.style.setProperty("--editor-size", `${settings.size}px`);
    applySettings(view, settings);
    applyKeysOf(settings);
  });
  startSaving(root, save);
  if (first.source !== server.source) preview?.changed();
  const line = Number(/^#L(\d+)$/.exec(location.hash)?.[1]);
  if (line) goToLine(view, line);
}

/** Ctrl-S saves at once, which it would soon do by itself; the browser's own dialog would save the page. */
function startSaving(root: HTMLElement, save: () => void): void {
  document.addEventListener("keydown", (event) => {
    const mod = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!mod || event.key !== "s" || !root.isConnected) return;
    event.preventDefault();
    save();
  });
}
