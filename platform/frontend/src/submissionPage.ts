// The page of one submission: the same panel, told from what the page brought along, and the source beside it.
import { find, need, pageData } from "./dom";
import { createViewer, goToLine } from "./editor";
import { storyEvent, type StoryEvent } from "./events";
import { faultsOf, showFaults } from "./faults";
import { ResultPanel, type Graded } from "./panel";
import { isOver } from "./story";

interface Told {
  id: string | null;
  type: string;
  data: unknown;
}

export function startSubmissionPage(root: HTMLElement): void {
  const graded = pageData<Graded & { state: string }>("followed");
  const told = pageData<Told[]>("story") ?? [];
  if (!graded) return;
  const story = told.map((event) => storyEvent(event.id, event.type, event.data)).filter((event): event is StoryEvent => event !== null);
  const source = need("[data-editor]", root);
  find(".source-fallback", source)?.remove();
  const view = createViewer(source, pageData<string>("source") ?? "");
  const panel = new ResultPanel(need("[data-results]", root), {
    goToLine: (line) => goToLine(view, line),
    changed: (state) => {
      if (isOver(state)) showFaults(view, faultsOf(state));
    },
  });
  panel.begin(graded, story, graded.state === "finished" || graded.state === "cancelled");
}
