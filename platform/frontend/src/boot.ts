// Runs before the first paint, so that neither the theme nor the dividers are seen to change.
import { theme } from "./remembered";

const chosen = theme.get();
if (chosen) document.documentElement.dataset["theme"] = chosen;
