// The entry of the pages that watch and replay a sitting.
import { find, pageData } from "./dom";
import type { Facts } from "./moments";
import { ReplayPage } from "./replayPage";
import { WatchPage } from "./watchPage";

const facts = pageData<Facts>("facts");
const [watched, replayed] = [find("[data-watch]"), find("[data-replay]")];
if (facts && watched) void new WatchPage(watched, facts).start();
if (facts && replayed) void new ReplayPage(replayed, facts).start();
