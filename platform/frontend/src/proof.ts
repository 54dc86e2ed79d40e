// The entry of a proof's page: cells land as they are tried, and what follows from them is fetched after each turn.
import { all, find, need, setText } from "./dom";
import type { Link } from "./following";
import { ProofBoard } from "./proofBoard";
import { ProofFollower, type ProofEvent } from "./proofEvents";
import { ProofGrid } from "./proofGrid";
import { localiseTimes } from "./times";

const FRESH_MS = 3000;
const LINKS: Partial<Record<Link, string>> = {
  reconnecting: "The connection was cut; trying again.",
  polling: "Live updates don't get through; asking every moment instead.",
  lost: "This proof can't be followed any more. Reload the page.",
};

class ProofPage {
  private readonly board: ProofBoard;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: string | null = null;

  constructor(private readonly root: HTMLElement) {
    this.board = new ProofBoard(root);
    new ProofGrid(need("[data-grid]", root), (cell) => void this.tell(cell));
    if ("open" in root.dataset) this.follow();
  }

  private follow(): void {
    const { events = "", state = "", after = null } = this.root.dataset;
    new ProofFollower({ events, state }, after, (event) => this.take(event), (link) => this.linked(link)).start();
  }

  private take(event: ProofEvent): void {
    const said = this.board.take(event);
    if (said) this.say(said);
    if (event.type === "board") this.timer ??= setTimeout(() => void this.refresh(), FRESH_MS);
  }

  private linked(link: Link): void {
    const note = need("[data-proof-link]", this.root);
    setText(note, LINKS[link] ?? "");
    note.hidden = !LINKS[link];
    if (link === "over") void this.refresh().then(() => this.say("The proof is over."));
  }

  private say(words: string): void {
    setText(need("[data-proof-said]", this.root), words);
  }

  /** Fetches the page again, and takes those of its parts that scripts don't write. */
  private async refresh(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      const response = await fetch(location.href, { redirect: "manual" });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of all("[data-live-part]")) {
        const fresh = find(`[data-live-part="${part.dataset["livePart"] ?? ""}"]`, page);
        if (!fresh || part.innerHTML === fresh.innerHTML || part.contains(document.activeElement)) continue;
        part.replaceChildren(...fresh.childNodes);
        localiseTimes(part);
      }
    } catch {
      // Without a connection the page stays as it is; the note about it is up already.
    }
  }

  /** What one solution did in one case, below the matrix. */
  private async tell(cell: HTMLElement): Promise<void> {
    const row = cell.closest<HTMLElement>("tr")?.dataset["rowKey"] ?? "";
    const address = `${this.root.dataset["cellUrl"] ?? ""}?${new URLSearchParams({ row, case: cell.dataset["case"] ?? "" }).toString()}`;
    this.asked = address;
    for (const one of all("[data-chosen]", this.root)) delete one.dataset["chosen"];
    cell.dataset["chosen"] = "";
    const detail = need("[data-proof-detail]", this.root);
    try {
      const response = await fetch(address, { redirect: "manual" });
      if (this.asked !== address) return;
      if (!response.ok) throw new Error(String(response.status));
      detail.innerHTML = await response.text(); // made by our own server, which escapes what authors wrote
    } catch {
      setText(detail, "This can't be read just now. Try again.");
    }
  }
}

const root = find("[data-proof]");
if (root) new ProofPage(root);
