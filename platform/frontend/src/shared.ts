// What scripts that come late share with this one. CodeMirror knows its extensions by identity, so there must be one of it.
import * as autocomplete from "@codemirror/autocomplete";
import * as commands from "@codemirror/commands";
import * as language from "@codemirror/language";
import * as search from "@codemirror/search";
import * as state from "@codemirror/state";
import * as view from "@codemirror/view";

/** What `:w` and the like do. */
export interface KeyCommands {
  save: () => void;
  run: () => void;
  submit: () => void;
}

type MakeKeys = (commands: KeyCommands) => state.Extension;

interface Shared {
  codemirror: Record<string, object>;
  keys: Record<string, MakeKeys>;
}

declare global {
  var gradetape: Shared | undefined;
}

const shared: Shared = {
  codemirror: {
    "@codemirror/autocomplete": autocomplete, "@codemirror/commands": commands, "@codemirror/language": language,
    "@codemirror/search": search, "@codemirror/state": state, "@codemirror/view": view,
  },
  keys: {},
};

function load(address: string): Promise<boolean> {
  globalThis.gradetape = shared;
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(true));
    script.addEventListener("error", () => resolve(false));
    document.head.append(script);
  });
}

/** The keys of another editor; null when their script can't be had. */
export async function keysOf(name: string, address: string, commands: KeyCommands): Promise<state.Extension | null> {
  const known = shared.keys[name] ?? ((await load(address)) ? shared.keys[name] : undefined);
  return known?.(commands) ?? null;
}
