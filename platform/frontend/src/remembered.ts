// What this browser remembers. Storage may be switched off or full: then nothing is remembered, and nothing breaks.

export function remember(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** The theme that somebody chose; null follows the system. */
export const theme = {
  get(): "light" | "dark" | null {
    const value = recall("gradetape:theme");
    return value === "light" || value === "dark" ? value : null;
  },
  set(value: "light" | "dark" | null): void {
    remember("gradetape:theme", value);
  },
};
