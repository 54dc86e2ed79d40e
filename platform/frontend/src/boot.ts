// Runs before the first paint, so that neither the theme nor the dividers are seen to change.
import { theme } from "./remembered";

const chosen = theme.get();
if (chosen) document.documentElement.dataset["theme"] = chosen;

// Days begin where the reader is: the server draws them, so it has to know.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`zone=${zone}`)) {
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}
