// The page of one submission: the same panel, told from what the page brought along, and the source beside it.
import { startCancel } from "./cancelling";
import { find, need, pageData } from "./dom";
import { createViewer, goToLine } from "./editor";
import { faultsOf, showFaults } from "./faults";
import { ResultPanel, type Graded } from "./panel";
import { isOver } from "./story";
import { storyOf, type Told } from "./watching";

export function startSubmissionPage(root: HTMLElement): void {
  const graded = pageData<Graded>("followed");
  if (!graded) return;
  const source = need("[data-editor]", root);
  find(".source-fallback", source)?.remove();
  const view = createViewer(source, pageData<string>("source") ?? "");
  const panel = new ResultPanel(need("[data-results]", root), {
    goToLine: (line) => goToLine(view, line),
    changed: (state) => {
      if (isOver(state)) showFaults(view, faultsOf(state));
    },
  });
  startCancel(root, () => panel.url);
  panel.begin(graded, storyOf(pageData<Told[]>("story") ?? []));
}
