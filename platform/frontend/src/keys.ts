// Security keys: allauth's scripts talk to the browser; what goes wrong there is said on the page.
import { find } from "./dom";

const REASONS: Record<string, string> = {
  NotAllowedError: "Nothing came of it: it was cancelled, or the key was not touched in time. Try again.",
  InvalidStateError: "This key is one of yours already.",
  SecurityError: "Your browser takes no keys at this address.",
};

/** Shows why a key did not work, in the place that the page has for it. */
export function startKeys(): void {
  const place = find("[data-key-trouble]");
  if (!place) return;
  document.addEventListener("allauth.error", (event) => {
    const { exception } = (event as CustomEvent<{ exception?: Error }>).detail;
    event.preventDefault();
    place.textContent = REASONS[exception?.name ?? ""] ?? "The key did not work. Try again, or use another way.";
  });
}
