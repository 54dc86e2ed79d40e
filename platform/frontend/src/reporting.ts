// The way to tell the authors that a case rejects what is right.
import { make } from "./dom";
import type { Panel } from "./story";
import type { Graded } from "./watching";

/** The server says the same of what can be reported: judging.py. */
const NOTHING_WRONG = new Set(["passed", "not_run", "judge_error"]);

export function isReportable({ kind, url }: Graded, panel: Panel, id: string): boolean {
  const outcome = panel.cases[id]?.outcome;
  const isGraded = kind === "submit" && panel.phase === "finished" && panel.finished?.verdict !== "judge_error";
  return Boolean(url && isGraded && outcome && !NOTHING_WRONG.has(outcome));
}

export function reportLink(graded: Graded, panel: Panel, id: string): Node[] {
  if (!isReportable(graded, panel, id)) return [];
  const link = make("a", "", "This looks right to me");
  link.href = `${graded.url}cases/${id}/report/`;
  return [make("p", "detail-quiet", link)];
}
