// The lobby of an interview: an editor to get used to, and a check that live results will get through.
import { find, need, setText } from "./dom";
import { createEditor } from "./editor";
import { icon } from "./icons";

const DOC = `import tensorflow as tf


def double(x: tf.Tensor) -> tf.Tensor:
    return x * 2
`;
const PATIENCE_MS = 8_000;
const WORKS = "Live results get through.";
const SLOWER = "Live results don't get through from here. The pages ask every moment instead: all works, a little later.";

export function startTrial(root: HTMLElement): void {
  const nothing = { run: () => undefined, submit: () => undefined, scratch: () => undefined };
  createEditor(root, { doc: DOC, label: "A trial editor", hint: "", commands: nothing, sources: [], onChange: () => undefined });
  const check = find("[data-check]");
  if (check) checkStream(check);
}

/** One event would also come from a proxy that gathers them all; a first before the last does not. */
function checkStream(check: HTMLElement): void {
  const stream = new EventSource(check.dataset["url"] ?? "");
  const arrivals: number[] = [];
  const say = (works: boolean): void => {
    stream.close();
    clearTimeout(timer);
    need("[data-check-icon]", check).replaceChildren(icon(works ? "circle-check" : "info"));
    check.classList.add(works ? "tone-passed" : "tone-limit");
    setText(need("[data-check-text]", check), works ? WORKS : SLOWER);
  };
  const timer = setTimeout(() => say(false), PATIENCE_MS);
  stream.addEventListener("tick", (event) => {
    arrivals.push(performance.now());
    if ((event as MessageEvent<string>).data === "3") say((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0) > 100);
  });
  stream.addEventListener("error", () => say(false));
}
