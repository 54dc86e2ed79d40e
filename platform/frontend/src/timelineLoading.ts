// Fetching a timeline: page after page, so that the longest sitting is no single answer.
import type { Portion } from "./moments";

export type Loaded = { kind: "portion"; portion: Portion } | { kind: "gone" } | { kind: "unreachable" };

/** What comes after an entry. `gone`: one may not see it any more, or it was deleted. */
export async function portionAfter(address: string, last: number): Promise<Loaded> {
  try {
    const response = await fetch(`${address}?after=${last}`, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) return { kind: "gone" };
    return response.ok ? { kind: "portion", portion: (await response.json()) as Portion } : { kind: "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}

/** All there is, handed over portion by portion; says how it ended. */
export async function loadAll(address: string, take: (portion: Portion) => void): Promise<Loaded["kind"]> {
  let last = 0;
  for (;;) {
    const loaded = await portionAfter(address, last);
    if (loaded.kind !== "portion") return loaded.kind;
    take(loaded.portion);
    if (!loaded.portion.more) return "portion";
    last = loaded.portion.next;
  }
}
