// The entry of the pages of a review: code with comments, the rubric, the decision, and keys for all of it.
import { Choice } from "./choices";
import { all, find, need, pageData } from "./dom";
import { startKept } from "./kept";
import { startLineComments, type CommentRow, type LineComments } from "./lineComments";
import { startNotes } from "./notes";
import { notify } from "./notices";
import { recall, remember } from "./remembered";
import { isTyping } from "./shortcuts";
import { startTabs } from "./tabs";

const OPEN_TAB = "gradetape:review-tab";
const LONGEST_WAIT_MS = 10_000;

function startCode(): LineComments | null {
  const root = find("[data-code]");
  const source = pageData<string>("source");
  return root && source !== null ? startLineComments(root, source, pageData<CommentRow[]>("comments") ?? []) : null;
}

function startPanels(): ((name: string) => void) | null {
  const list = find("[data-review-tabs]");
  if (!list) return null;
  const open = startTabs(list, (name) => remember(OPEN_TAB, name));
  const last = recall(OPEN_TAB);
  if (last && find(`[data-tab="${CSS.escape(last)}"]`, list)) open(last);
  return open;
}

function startChoices(): Choice[] {
  const count = find("[data-scored]");
  const choices: Choice[] = all("[data-choice]").map((root) => new Choice(root, () => tell()));
  const tell = (): void => {
    if (count) count.textContent = `${choices.filter((one) => one.value !== "").length}/${choices.length}`;
  };
  return choices;
}

const unsaved = (choices: Choice[]): boolean =>
  choices.some((one) => !one.isSaved) || all("[data-note] [data-save-state][data-state]").some((one) => one.dataset["state"] !== "saved");

/** Done only with everything that was typed: what is still on its way is waited for. */
function startDone(choices: Choice[]): void {
  const form = find<HTMLFormElement>("form[data-done]");
  form?.addEventListener("submit", (event) => {
    if (!unsaved(choices)) return;
    event.preventDefault();
    const button = event.submitter;
    for (const note of all<HTMLFormElement>("form[data-note]")) note.requestSubmit();
    const began = performance.now();
    const timer = setInterval(() => {
      const isLate = performance.now() - began > LONGEST_WAIT_MS;
      if (unsaved(choices) && !isLate) return;
      clearInterval(timer);
      if (isLate) notify("Something that you typed is not saved yet. See what it says beside it, then try again.", "limit");
      else form.requestSubmit(button);
    }, 100);
  });
}

/** The criterion that has the focus, else the first one without a score, else the first. */
function criterion(choices: Choice[]): Choice | undefined {
  const here = document.activeElement?.closest(".criterion");
  return choices.find((one) => here?.contains(one.root)) ?? choices.find((one) => one.value === "") ?? choices[0];
}

function linkLine(choices: Choice[]): void {
  const chosen = criterion(choices)?.root.closest(".criterion");
  if (chosen) find<HTMLButtonElement>("[data-line-address]:not([hidden])", chosen)?.click();
}

function startKeysOfReview(code: LineComments | null, open: ((name: string) => void) | null, choices: Choice[]): void {
  const go = (selector: string): void => find<HTMLAnchorElement>(selector)?.click();
  const show = (name: string): void => {
    if (!open) return;
    open(name);
    const next = name === "rubric" ? criterion(choices)?.root : null;
    if (next) (find("input:checked", next) ?? find("input", next))?.focus();
    else need(`#tab-${name}`).focus();
  };
  const keys: Record<string, () => void> = {
    n: () => go('[data-key="n"]'), p: () => go('[data-key="p"]'), d: () => go("[data-decision]"),
    l: () => code?.focus(), c: () => code?.open(), r: () => show("rubric"), x: () => show("cases"), q: () => show("questions"),
    e: () => linkLine(choices),
  };
  let afterG = false;
  document.addEventListener("keydown", (event) => {
    const isWriting = isTyping(event.target) && !(event.target instanceof HTMLInputElement && event.target.type === "radio");
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting || find("dialog[open]")) return;
    const skip = afterG; // "g d" goes to the dashboard
    afterG = event.key === "g";
    const inCriterion = document.activeElement?.closest(".criterion");
    if (/^[0-4]$/.test(event.key) && inCriterion) choices.find((one) => inCriterion.contains(one.root))?.choose(event.key);
    else if (!skip && keys[event.key]) keys[event.key]?.();
    else return;
    event.preventDefault();
  });
}

startKept();
startNotes();
if (find("[data-review]")) {
  const code = startCode();
  const choices = startChoices();
  startKeysOfReview(code, startPanels(), choices);
  startDone(choices);
}
