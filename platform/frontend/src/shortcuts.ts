// Keys that work on every page. Typing in a field or in the editor is never a shortcut.
import { all, find } from "./dom";

const SEQUENCE_MS = 1200;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function openDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function goTo(letter: string): void {
  const { dashboard, catalogue } = document.body.dataset;
  const address = letter === "d" ? dashboard : letter === "c" ? catalogue : undefined;
  if (address) location.assign(address);
}

/** j and k move the focus through the rows of a list that carries data-list. */
function move(step: 1 | -1): boolean {
  const rows = all("[data-list] [data-row]").filter((row) => row.offsetParent !== null);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row === document.activeElement || row.getAttribute("aria-current") === "true");
  const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
  next?.focus();
  if (next?.tagName === "BUTTON") next.click();
  next?.scrollIntoView({ block: "nearest" });
  return true;
}

export function startShortcuts(): void {
  let wentAt = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || find("dialog[open]")) return;
    const afterG = event.timeStamp - wentAt < SEQUENCE_MS;
    wentAt = event.key === "g" ? event.timeStamp : -Infinity;
    if (afterG && (event.key === "d" || event.key === "c")) goTo(event.key);
    else if (event.key === "?") openDialog("shortcuts");
    else if (event.key === "/") (find<HTMLInputElement>("[data-page-search]") ?? find<HTMLInputElement>("[data-search]"))?.select();
    else if (event.key === "j" || event.key === "k") {
      if (!move(event.key === "j" ? 1 : -1)) return;
    } else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-open-dialog]") : null;
    if (opener?.dataset["openDialog"]) openDialog(opener.dataset["openDialog"]);
  });
}
