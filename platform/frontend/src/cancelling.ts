// Cancel: stops the submission on show. The style sheet shows the button while there is something to stop.
import { send } from "./api";
import { need } from "./dom";
import { notify } from "./notices";
import { refusedWords } from "./sending";

export function startCancel(root: HTMLElement, url: () => string): HTMLButtonElement {
  const button = need<HTMLButtonElement>("[data-send=cancel]", root);
  let asked = false; // not by disabling the button, which would lose the focus
  button.addEventListener("click", () => {
    if (!url() || asked) return;
    asked = true;
    void send<{ message?: string }>("POST", `${url()}cancel/`, {}).then(({ status, data }) => {
      asked = false;
      if (status !== 200) notify(data?.message ?? refusedWords(status) ?? "It could not be cancelled.", "failed");
    });
  });
  return button;
}
