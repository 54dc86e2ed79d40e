// The entry of the studio's editor.
import { find } from "./dom";
import { startStudio } from "./studioPage";

const studio = find("[data-studio]");
if (studio) startStudio(studio);
