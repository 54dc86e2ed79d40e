// Forms that are sent as a whole, with what was typed into them kept in this browser until then.
import { all } from "./dom";
import { recall, remember } from "./remembered";

type Field = HTMLInputElement | HTMLTextAreaElement;

const typed = (form: HTMLFormElement): Field[] =>
  all<Field>("input:not([type=hidden]), textarea", form).filter((field) => field.name && !field.name.startsWith("csrf"));

const valueOf = (field: Field): string => (field instanceof HTMLInputElement && field.type === "checkbox" ? String(field.checked) : field.value);

function put(field: Field, value: string): void {
  if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = value === "true";
  else field.value = value;
}

function read(key: string): Record<string, string> {
  try {
    return JSON.parse(recall(key) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

function keep(form: HTMLFormElement): void {
  form.dataset["keeping"] = "";
  const key = `gradetape:kept:${form.dataset["kept"]}`;
  const before = read(key);
  for (const field of typed(form)) {
    const value = before[field.name];
    if (value === undefined || value === valueOf(field)) continue;
    put(field, value);
    form.closest("details")?.setAttribute("open", "");
  }
  form.addEventListener("input", () => remember(key, JSON.stringify(Object.fromEntries(typed(form).map((field) => [field.name, valueOf(field)])))));
  form.addEventListener("submit", () => remember(key, null));
}

export function startKept(): void {
  const begin = (): void => all<HTMLFormElement>("form[data-kept]:not([data-keeping])").forEach(keep);
  begin();
  document.addEventListener("htmx:load", begin);
}
