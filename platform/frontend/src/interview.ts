// The entry of an interview's pages: the clock, and links that can be copied.
import { Clock } from "./clock";
import { all, find } from "./dom";
import { notify } from "./notices";

const clock = find("[data-clock]");
if (clock) new Clock(clock).start();

for (const button of all<HTMLButtonElement>("[data-copy]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset["copy"] ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    field.select();
    void navigator.clipboard.writeText(field.value).then(
      () => notify("The link is copied.", "passed"),
      () => notify("This browser does not let us copy. The link is selected: press Ctrl-C.", "running"),
    );
  });
}
