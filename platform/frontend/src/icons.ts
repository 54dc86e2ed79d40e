// The icons that scripts draw: the same files that templates inline.
import arrowRight from "../../gradetape/pages/icons/arrow-right.svg";
import ban from "../../gradetape/pages/icons/ban.svg";
import check from "../../gradetape/pages/icons/check.svg";
import circle from "../../gradetape/pages/icons/circle.svg";
import circleAlert from "../../gradetape/pages/icons/circle-alert.svg";
import circleCheck from "../../gradetape/pages/icons/circle-check.svg";
import circleDashed from "../../gradetape/pages/icons/circle-dashed.svg";
import circleDot from "../../gradetape/pages/icons/circle-dot.svg";
import flag from "../../gradetape/pages/icons/flag.svg";
import info from "../../gradetape/pages/icons/info.svg";
import lightbulb from "../../gradetape/pages/icons/lightbulb.svg";
import loaderCircle from "../../gradetape/pages/icons/loader-circle.svg";
import memoryStick from "../../gradetape/pages/icons/memory-stick.svg";
import minus from "../../gradetape/pages/icons/minus.svg";
import scrollText from "../../gradetape/pages/icons/scroll-text.svg";
import timer from "../../gradetape/pages/icons/timer.svg";
import x from "../../gradetape/pages/icons/x.svg";

const SHAPES: Record<string, string> = {
  "arrow-right": arrowRight,
  ban,
  check,
  circle,
  "circle-alert": circleAlert,
  "circle-check": circleCheck,
  "circle-dashed": circleDashed,
  "circle-dot": circleDot,
  flag,
  info,
  lightbulb,
  "loader-circle": loaderCircle,
  "memory-stick": memoryStick,
  minus,
  "scroll-text": scrollText,
  timer,
  x,
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", name === "loader-circle" ? "icon icon-turning" : "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("fill", "none");
  svg.setAttribute("stroke", "currentColor");
  svg.setAttribute("stroke-width", "2");
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = SHAPES[name] ?? SHAPES["circle-dashed"] ?? ""; // shapes from our own build, never from data
  return svg;
}
