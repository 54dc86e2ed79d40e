// How a snippet stands, in a few words. Pure.
import type { Panel } from "./story";
import { verdictWord } from "./words";

export interface ScratchWords {
  text: string;
  tone: string;
  symbol: string;
}

export function scratchWords(panel: Panel): ScratchWords {
  switch (panel.phase) {
    case "idle":
      return { text: "Not run yet", tone: "quiet", symbol: "circle" };
    case "queued":
      return { text: panel.restarts ? "A worker was lost; starting over" : "Waiting for a jail", tone: "running", symbol: "circle-dashed" };
    case "loading":
    case "running":
      return { text: "Running", tone: "running", symbol: "loader-circle" };
    case "cancelled":
      return { text: "Cancelled", tone: "quiet", symbol: "minus" };
    case "finished": {
      const { verdict } = panel.finished ?? { verdict: "judge_error" };
      const { word, tone, icon } = verdictWord(verdict);
      if (verdict === "accepted") return { text: "Ran to its end", tone: "passed", symbol: "check" };
      return { text: word, tone, symbol: icon };
    }
  }
}
