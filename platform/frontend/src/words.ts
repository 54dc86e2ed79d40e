// The words, icons and tones of states: the list that templates use too.
import listed from "../../gradetape/pages/words.json";

export interface Word {
  word: string;
  icon: string;
  tone: string;
}

const UNKNOWN: Word = { word: "unknown", icon: "circle-dashed", tone: "quiet" };

function lookUp(list: Record<string, Word>, name: string): Word {
  return list[name] ?? { ...UNKNOWN, word: name.replaceAll("_", " ") };
}

export const outcomeWord = (name: string): Word => lookUp(listed.outcomes, name);
export const verdictWord = (name: string): Word => lookUp(listed.verdicts, name);
export const stateWord = (name: string): Word => lookUp(listed.states, name);
