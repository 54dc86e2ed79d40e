// Completing names: those of the contract, those of the class one is in, and those of TensorFlow, Keras and NumPy.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { Named, Names } from "./names";
import { classAround, importsOf, pathOf } from "./outline";

/** A name that the challenge asks for. */
export interface Contracted {
  name: string;
  kind: string;
  signature: string;
}

const ROOTS: Named[] = ["keras", "numpy", "tensorflow"].map((name) => ({ name, kind: "module", signature: "" }));
const TYPES: Record<string, string> = { class: "class", function: "function", module: "namespace", value: "variable", object: "variable" };
const LONGEST_DETAIL = 48;

function option({ name, kind, signature }: { name: string; kind: string; signature: string }, boost = 0): Completion {
  const long = signature.length > LONGEST_DETAIL;
  return {
    label: name,
    type: TYPES[kind] ?? "variable",
    detail: long ? `${signature.slice(0, LONGEST_DETAIL)}…` : signature || (kind === "module" ? "module" : ""),
    ...(long && { info: name + signature }),
    boost: boost - (name.startsWith("_") ? 20 : 0),
  };
}

const result = (from: number, options: Completion[]): CompletionResult | null => (options.length ? { from, options, validFor: /^\w*$/ } : null);

function isText(context: CompletionContext): boolean {
  const { name } = syntaxTree(context.state).resolveInner(context.pos, -1);
  return name === "String" || name === "FormatString" || name === "Comment";
}

/** The names that a solution must define, where a name is written and none of them is there yet. */
export function ofContract(contract: Contracted[]): CompletionSource {
  return (context) => {
    const word = context.matchBefore(/(?:^|[^\w.])\w*$/);
    if (!word || isText(context)) return null;
    const typed = /\w*$/.exec(word.text)?.[0] ?? "";
    if (!typed && !context.explicit) return null;
    const text = context.state.doc.toString();
    const missing = contract.filter(({ name }) => !new RegExp(`^\\s*(?:class|def)\\s+${name}\\b|^${name}\\s*=`, "m").test(text));
    return result(context.pos - typed.length, missing.map((one) => option(one, 20)));
  };
}

/** What comes after a dot, and in import lines. */
export function ofModules(names: () => Promise<Names | null>): CompletionSource {
  return async (context) => {
    if (isText(context)) return null;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const imported = importing(before);
    const dotted = /((?:super\(\)|[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*)\.(\w*)$/.exec(before);
    if (!imported && !dotted) return null;
    const known = await names();
    if (!known || context.aborted) return null;
    if (imported) return result(context.pos - imported.typed.length, offered(known, imported).map((one) => option(one)));
    const [, base = "", typed = ""] = dotted ?? [];
    return result(context.pos - typed.length, after(base, context, known));
  };
}

interface Importing {
  path: string;
  typed: string;
  modulesOnly: boolean;
}

function importing(before: string): Importing | null {
  const from = /^\s*from\s+([\w.]+)\s+import\s+(?:.*[\s,(])?(\w*)$/.exec(before);
  if (from) return { path: from[1] ?? "", typed: from[2] ?? "", modulesOnly: false };
  const module = /^\s*(?:from|import)\s+(?:.*,\s*)?((?:\w+\.)*)(\w*)$/.exec(before);
  return module ? { path: (module[1] ?? "").replace(/\.$/, ""), typed: module[2] ?? "", modulesOnly: true } : null;
}

function offered(names: Names, { path, modulesOnly }: Importing): Named[] {
  const all = path ? (names.of(path) ?? []) : ROOTS;
  return modulesOnly ? all.filter((one) => one.kind === "module") : all;
}

function after(base: string, context: CompletionContext, names: Names): Completion[] {
  const { doc } = context.state;
  const text = doc.toString();
  const imports = importsOf(text);
  if (base !== "self" && base !== "super()" && base !== "cls") {
    const path = pathOf(base, imports);
    return (path ? (names.of(path) ?? []) : []).map((one) => option(one));
  }
  const around = classAround(text.split("\n"), doc.lineAt(context.pos).number - 1);
  if (!around) return [];
  const own = base === "super()" ? [] : around.members;
  const seen = new Set(own.map((one) => one.name));
  const inherited = around.bases.flatMap((one) => names.of(pathOf(one, imports) ?? one) ?? []).filter((one) => !seen.has(one.name));
  return [...own.map((one) => option({ ...one, kind: one.signature ? "function" : "value" }, 10)), ...inherited.map((one) => option(one))];
}
