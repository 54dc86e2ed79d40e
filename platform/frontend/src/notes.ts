// Notes to oneself: kept while one types, the way drafts are; nothing is overwritten and nothing is lost.
import { all, find, need } from "./dom";
import { DraftKeeper } from "./draft";
import { opening, parseLocal } from "./opening";
import { recall } from "./remembered";
import { showSaveState } from "./saveState";

/** Both texts, the one that the server has first; a text that the other one holds already is not said twice. */
export function joined(theirs: string, mine: string): string {
  if (theirs.includes(mine)) return theirs;
  if (mine.includes(theirs)) return mine;
  return `${theirs}\n\n(Written in another window at the same time:)\n\n${mine}`;
}

export function startNote(form: HTMLFormElement): void {
  form.dataset["started"] = "";
  const { url = "", keep = "", revision = "0" } = form.dataset;
  const text = need<HTMLTextAreaElement>("[data-note-text]", form);
  const known = need<HTMLInputElement>("[name=revision]", form);
  const key = `gradetape:note:${keep}`;
  const server = { source: text.value, revision: Number(revision), saved_at: null };
  const first = opening(server, parseLocal(recall(key)));
  if (first.source !== text.value) text.value = first.source;
  const based = first.kind === "ahead" ? first : server;
  const keeper: DraftKeeper = new DraftKeeper(url, key, based.revision, based.source, {
    read: () => text.value,
    show: (state) => {
      showSaveState(form, state);
      if (state.kind === "saved") document.body.dispatchEvent(new CustomEvent("note-saved"));
    },
    conflict: (theirs) => {
      text.value = joined(theirs.source, text.value);
      known.value = String(theirs.revision);
      queueMicrotask(() => keeper.resolved(theirs));
    },
  });
  text.addEventListener("input", () => keeper.changed());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void keeper.save();
  });
  need("[data-note-save]", form).hidden = true; // it saves by itself
  if (first.kind === "conflict") keeper.meet(first.theirs);
  else if (first.kind === "local") void keeper.save();
}

/** On the page of the notes at once, in the workbench when their tab is opened. */
export function startNotes(root: ParentNode = document): void {
  for (const form of all<HTMLFormElement>("form[data-note]:not([data-started])", root)) startNote(form);
}

export function startNotesLater(): void {
  startNotes();
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element && find("form[data-note]", event.target.parentNode ?? event.target)) startNotes();
  });
}
