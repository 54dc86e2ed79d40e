// Dividers between panes: moved by pointer or arrow keys, remembered in this browser.
import { all } from "./dom";
import { recall, remember } from "./remembered";

const STEP = 24;

interface Axis {
  property: string;
  key: string;
  /** The size of the pane that the divider controls, for a pointer at this place. */
  sizeAt(event: PointerEvent, box: DOMRect): number;
  of(box: DOMRect): number;
  more: string;
  less: string;
}

const AXES: Record<string, Axis> = {
  x: { property: "--split-x", key: "gradetape:split-x", sizeAt: (event, box) => event.clientX - box.left, of: (box) => box.width, more: "ArrowRight", less: "ArrowLeft" },
  y: { property: "--split-y", key: "gradetape:split-y", sizeAt: (event, box) => box.bottom - event.clientY, of: (box) => box.height, more: "ArrowUp", less: "ArrowDown" },
};

function startDivider(divider: HTMLElement, workbench: HTMLElement, axis: Axis): void {
  const parent = divider.parentElement ?? workbench;
  const apply = (share: number, keep: boolean): void => {
    const percent = Math.round(Math.max(10, Math.min(85, share * 100)) * 10) / 10;
    workbench.style.setProperty(axis.property, axis.property === "--split-x" ? `${percent}%` : `calc((100dvh - var(--header)) * ${percent / 100})`);
    divider.setAttribute("aria-valuenow", String(Math.round(percent)));
    if (keep) remember(axis.key, String(percent / 100));
  };
  const current = (): number => Number(divider.getAttribute("aria-valuenow")) / 100;
  const remembered = Number(recall(axis.key));
  if (remembered > 0 && remembered < 1) apply(remembered, false);
  else divider.setAttribute("aria-valuenow", axis.property === "--split-x" ? "37" : "45");

  divider.addEventListener("keydown", (event) => {
    const step = STEP / axis.of(parent.getBoundingClientRect());
    if (event.key === axis.more) apply(current() + step, true);
    else if (event.key === axis.less) apply(current() - step, true);
    else return;
    event.preventDefault();
  });
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    divider.dataset["moving"] = "";
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = parent.getBoundingClientRect();
    apply(axis.sizeAt(event, box) / axis.of(box), true);
  });
  divider.addEventListener("lostpointercapture", () => delete divider.dataset["moving"]);
}

export function startDividers(workbench: HTMLElement): void {
  for (const divider of all("[data-divider]", workbench)) {
    const axis = AXES[divider.dataset["divider"] ?? ""];
    if (axis) startDivider(divider, workbench, axis);
  }
}
