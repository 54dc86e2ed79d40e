// What completing needs to know of the file that is written: its imports and the class around a line. Pure, by lines.

export interface Member {
  name: string;
  signature: string;
}

export interface ClassAround {
  name: string;
  /** As written: "tf.keras.layers.Layer". */
  bases: string[];
  members: Member[];
}

/** What people import under these names even before they have written the import. */
const CUSTOM: Record<string, string> = { tf: "tensorflow", np: "numpy", keras: "keras" };

/** Each imported name with the dotted path that it stands for. */
export function importsOf(text: string): Map<string, string> {
  const found = new Map(Object.entries(CUSTOM));
  for (const [, list = ""] of text.matchAll(/^[ \t]*import[ \t]+([^\n#]+)/gm)) {
    for (const one of list.split(",")) {
      const [, path = "", alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(one) ?? [];
      if (alias) found.set(alias, path);
      else if (path) found.set(path.split(".")[0] ?? path, path.split(".")[0] ?? path);
    }
  }
  for (const [, path = "", several, one] of text.matchAll(/^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#]+))/gm)) {
    for (const each of (several ?? one ?? "").split(",")) {
      const [, name = "", alias] = /^\s*(\w+)(?:\s+as\s+(\w+))?/.exec(each) ?? [];
      if (name) found.set(alias ?? name, `${path}.${name}`);
    }
  }
  return found;
}

/** "layers.Dense" as the path that its first name was imported under; null for a name that was not imported. */
export function pathOf(dotted: string, imports: Map<string, string>): string | null {
  const [first = "", ...rest] = dotted.split(".");
  const path = imports.get(first);
  return path ? [path, ...rest].join(".") : null;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The class whose body holds a line (from 0), with the methods and attributes it defines itself. */
export function classAround(lines: string[], at: number): ClassAround | null {
  let indent = lines[at]?.trim() ? indentOf(lines[at] ?? "") : Infinity;
  for (let i = at; i >= 0; i--) {
    const line = lines[i] ?? "";
    if (!line.trim() || line.trimStart().startsWith("#")) continue;
    const head = /^(\s*)class\s+(\w+)\s*(?:\(([^)]*)\))?\s*:/.exec(line);
    if (head && indentOf(line) < indent) {
      const bases = (head[3] ?? "").split(",").map((one) => one.trim()).filter((one) => /^[\w.]+$/.test(one));
      return { name: head[2] ?? "", bases, members: membersFrom(lines, i) };
    }
    indent = Math.min(indent, i === at ? indent : indentOf(line));
    if (indent === 0) return null;
  }
  return null;
}

function membersFrom(lines: string[], start: number): Member[] {
  const margin = indentOf(lines[start] ?? "");
  const found = new Map<string, Member>();
  for (const line of lines.slice(start + 1)) {
    if (line.trim() && !line.trimStart().startsWith("#") && indentOf(line) <= margin && !/^\s*[)\]}]/.test(line)) break;
    const method = /^\s*(?:async\s+)?def\s+(\w+)\s*\((?:\s*self\s*,?\s*)?(.*?)\)?\s*(?:->.*)?:?\s*$/.exec(line);
    if (method?.[1]) found.set(method[1], { name: method[1], signature: `(${(method[2] ?? "").replace(/\).*$/, "")})` });
    for (const [, name = ""] of line.matchAll(/\bself\.(\w+)\s*(?::[^=\n]+)?=(?!=)/g)) if (!found.has(name)) found.set(name, { name, signature: "" });
  }
  return [...found.values()];
}
