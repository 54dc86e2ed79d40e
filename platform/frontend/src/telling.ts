// The two lines above the cases: where things stand, and what to do next. Pure.
import type { Panel } from "./story";
import { verdictWord } from "./words";

export interface ListedCase {
  id: string;
  title: string;
  points: number;
  sample: boolean;
}

export interface Telling {
  tone: string;
  icon: string;
  head: string;
  line: string;
  /** The case that `line` points at. */
  next: ListedCase | null;
  /** All cases pass, so the reference may be seen. */
  solved?: boolean;
}

const IDLE_LINE = "Run the sample cases, or submit for all of them.";

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function tellAccepted(total: number, samplesOnly: boolean): Pick<Telling, "line" | "solved"> {
  if (!samplesOnly) return { line: `All ${total} cases pass. Well done. `, solved: true };
  return { line: total === 1 ? "The sample passes. Submit to run all cases." : `All ${total} samples pass. Submit to run all cases.` };
}

/** In an interview: what was submitted is graded in full and told in part. `shown`: the cases on the page, which are its samples. */
function tellTaken(passed: number, total: number, shown: number, goesOn: boolean): Pick<Telling, "head" | "line"> {
  const kept = total === shown ? "The other cases are graded too, for your interviewers." : "Which ones is kept for your interviewers.";
  const what = total === shown ? count(total, "sample passes", "samples pass") : count(total, "case passes", "cases pass");
  return { head: `Submitted: ${passed} of ${what}`, line: goesOn ? "The next one to look at: " : kept };
}

function tellFinished(panel: Panel, listed: ListedCase[], samplesOnly: boolean): Telling {
  const finished = panel.finished;
  if (!finished) return { tone: "quiet", icon: "minus", head: "Finished", line: "", next: null };
  const { word, icon, tone } = verdictWord(finished.verdict);
  const next = listed.find((one) => panel.cases[one.id] && panel.cases[one.id]?.outcome !== "passed") ?? null;
  const passing = `${finished.passed} of ${count(finished.total, "case passes", "cases pass")}`;
  if (finished.verdict === "accepted") return { tone, icon, head: word, next: null, ...tellAccepted(finished.total, samplesOnly) };
  if (finished.verdict === "judge_error") {
    return { tone, icon, head: word, line: "Something broke on our side. This does not count against you; submit again.", next: null };
  }
  if (finished.verdict === "taken") return { tone, icon, next, ...tellTaken(finished.passed, finished.total, listed.length, next !== null) };
  if (finished.message) return { tone, icon, head: `${word}: ${passing}`, line: finished.message.split("\n")[0] ?? "", next };
  return { tone, icon, head: finished.verdict === "partial" ? passing : `${word}: ${passing}`, line: next ? "The next one to look at: " : "", next };
}

export function tell(panel: Panel, listed: ListedCase[], samplesOnly: boolean): Telling {
  const busy = { tone: "running", icon: "loader-circle", next: null };
  switch (panel.phase) {
    case "idle":
      return { tone: "quiet", icon: "circle", head: "Not run yet", line: IDLE_LINE, next: null };
    case "queued": {
      const again = panel.restarts ? "A worker was lost; starting over. " : "";
      const ahead = panel.ahead ? `${count(panel.ahead, "submission is", "submissions are")} ahead of yours.` : "Next in line.";
      return { ...busy, icon: "circle-dashed", head: "Queued", line: again + ahead };
    }
    case "loading":
      return { ...busy, head: "Loading your file", line: "A fresh jail is ready; your file is being imported." };
    case "running": {
      const all = samplesOnly ? listed.filter((one) => one.sample) : listed;
      const current = listed.find((one) => one.id === panel.running.at(-1));
      const landed = Object.keys(panel.cases).length;
      return { ...busy, head: `Running: ${landed} of ${all.length}`, line: current ? current.title : "" };
    }
    case "cancelled":
      return { tone: "quiet", icon: "minus", head: "Cancelled", line: "Nothing was graded after you cancelled.", next: null };
    case "finished":
      return tellFinished(panel, listed, samplesOnly);
  }
}

/** Points earned so far, in percent of all that this run can earn. */
export function percent(panel: Panel, listed: ListedCase[], samplesOnly: boolean): number | null {
  if (panel.phase === "idle" || (panel.phase === "queued" && !panel.restarts)) return null;
  if (panel.finished?.verdict === "taken") return null; // in an interview: graded on more than is told
  const counted = samplesOnly ? listed.filter((one) => one.sample) : listed;
  const points = counted.reduce((sum, one) => sum + one.points, 0);
  const earned = counted.reduce((sum, one) => sum + (panel.cases[one.id]?.earned ?? 0), 0);
  return points ? Math.floor((100 * earned) / points + 1e-9) : 0;
}
