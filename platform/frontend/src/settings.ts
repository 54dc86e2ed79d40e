// How somebody likes the editor. This browser's own choice counts; a browser without one begins with the account's last.
import { send } from "./api";
import { find, need, pageData } from "./dom";
import { recall, remember } from "./remembered";

export interface EditorSettings {
  /** Pixels. */
  size: number;
  keys: "usual" | "vim" | "emacs";
  wrap: boolean;
  suggest: boolean;
}

export const USUAL: EditorSettings = { size: 13, keys: "usual", wrap: false, suggest: true };
const SMALLEST = 10;
const LARGEST = 24;
const PAUSE_MS = 600;

/** Whatever was stored, as settings: what is missing or makes no sense is as usual. */
export function settingsOf(value: unknown): EditorSettings {
  const stored = (typeof value === "object" && value ? value : {}) as Record<string, unknown>;
  const { size, keys, wrap, suggest } = stored;
  return {
    size: typeof size === "number" && Number.isFinite(size) ? Math.round(Math.max(SMALLEST, Math.min(LARGEST, size))) : USUAL.size,
    keys: keys === "vim" || keys === "emacs" ? keys : "usual",
    wrap: typeof wrap === "boolean" ? wrap : USUAL.wrap,
    suggest: typeof suggest === "boolean" ? suggest : USUAL.suggest,
  };
}

function stored(key: string): unknown {
  try {
    return JSON.parse(recall(key) ?? "null");
  } catch {
    return null;
  }
}

/** The dialog that changes them. `apply` is called once at the start and with each change. */
export function startSettings(root: HTMLElement, apply: (settings: EditorSettings) => void): void {
  const key = `gradetape:editor:${root.dataset["user"] ?? ""}`;
  const form = find<HTMLFormElement>("[data-editor-settings]");
  if (!form) return apply(settingsOf(stored(key)));
  const size = need<HTMLInputElement>("[name=size]", form);
  const told = need("output", form);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settings = settingsOf(stored(key) ?? pageData("editor-settings-data"));

  size.value = String(settings.size);
  need<HTMLInputElement>(`[name=keys][value=${settings.keys}]`, form).checked = true;
  need<HTMLInputElement>("[name=wrap]", form).checked = settings.wrap;
  need<HTMLInputElement>("[name=suggest]", form).checked = settings.suggest;
  told.textContent = `${settings.size} px`;
  apply(settings);

  form.addEventListener("input", () => {
    const data = new FormData(form);
    const chosen = settingsOf({ size: Number(data.get("size")), keys: data.get("keys"), wrap: data.has("wrap"), suggest: data.has("suggest") });
    told.textContent = `${chosen.size} px`;
    remember(key, JSON.stringify(chosen));
    apply(chosen);
    clearTimeout(timer);
    timer = setTimeout(() => void send("PUT", root.dataset["settingsUrl"] ?? "", chosen), PAUSE_MS);
  });
}
