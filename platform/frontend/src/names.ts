// The names of TensorFlow, Keras and NumPy that can be completed, from a file that names.py writes. Loaded when needed.

export interface Named {
  name: string;
  kind: "class" | "function" | "module" | "value";
  /** "(units, activation=None)"; empty where nothing can be called. */
  signature: string;
}

export interface NamesFile {
  aliases: Record<string, string>;
  names: Record<string, string[]>;
}

const KINDS: Record<string, Named["kind"]> = { c: "class", f: "function", m: "module", v: "value" };
/** Classes are too many to list the members of each: what most of a module's classes share. */
const KIN: Record<string, string> = {
  "keras.layers": "keras.layers.Layer", "keras.callbacks": "keras.callbacks.Callback", "keras.losses": "keras.losses.Loss",
  "keras.metrics": "keras.metrics.Metric", "keras.optimizers": "keras.optimizers.Optimizer", "keras.models": "keras.Model",
  "keras.initializers": "keras.initializers.Initializer", "keras.regularizers": "keras.regularizers.Regularizer",
  "keras.optimizers.schedules": "keras.optimizers.schedules.LearningRateSchedule",
};
const TWINS: Record<string, string> = { "keras.models.Model": "keras.Model", "keras.models.Sequential": "keras.Sequential", "keras.Layer": "keras.layers.Layer" };

export function named(text: string): Named {
  const open = text.indexOf("(");
  const name = open < 0 ? text.slice(1) : text.slice(1, open);
  return { name, kind: KINDS[text[0] ?? ""] ?? "value", signature: open < 0 ? "" : text.slice(open) };
}

export class Names {
  private readonly known = new Map<string, Named[]>();

  constructor(private readonly file: NamesFile) {}

  /** What a module or a class has, or what subclasses of it inherit; null for what is not listed. */
  of(path: string): Named[] | null {
    const real = this.real(path);
    const listed = this.file.names[real] ? real : this.kinOf(real);
    if (!listed) return null;
    const kept = this.known.get(listed) ?? (this.file.names[listed] ?? []).map(named);
    this.known.set(listed, kept);
    return kept;
  }

  private real(path: string): string {
    for (const [alias, real] of Object.entries(this.file.aliases)) {
      if (path === alias || path.startsWith(`${alias}.`)) path = real + path.slice(alias.length);
    }
    return TWINS[path] ?? path;
  }

  private kinOf(path: string): string | null {
    const at = path.lastIndexOf(".");
    const holder = path.slice(0, at);
    const isClass = (this.file.names[holder] ?? []).some((text) => text.startsWith(`c${path.slice(at + 1)}`));
    return isClass ? (KIN[holder] ?? null) : null;
  }
}

/** Fetches the file once; a failure is tried again the next time. */
export function namesFrom(address: string): () => Promise<Names | null> {
  let loading: Promise<Names | null> | null = null;
  const load = async (): Promise<Names | null> => {
    try {
      const response = await fetch(address);
      if (response.ok) return new Names((await response.json()) as NamesFile);
    } catch {
      // Offline: completing goes on without.
    }
    loading = null;
    return null;
  };
  return () => (loading ??= load());
}
