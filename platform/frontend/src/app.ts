// Every page: theme, menus, shortcuts, notices, times, and htmx for the small exchanges.
import htmx from "htmx.org";
import { startKeys } from "./keys";
import { startFilters } from "./filters";
import { startMenus } from "./menus";
import { startNotices } from "./notices";
import { startPrinting } from "./printing";
import { startRecent } from "./recent";
import { startShortcuts } from "./shortcuts";
import { startThemeSwitch } from "./theme";
import { localiseTimes } from "./times";

startThemeSwitch();
startMenus();
startShortcuts();
startNotices();
startFilters();
startRecent();
startKeys();
startPrinting();
localiseTimes();
htmx.onLoad((element) => localiseTimes(element as ParentNode & Element));
