// |got - wanted| as a small map: empty squares agree, the darkest is the furthest off, and words say the same.
import { make } from "./dom";
import type { Grid } from "./events";
import { heatWords, largest, level, number, span } from "./heatWords";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 16;

/** What comes from a stored result is looked at before it is drawn: older ones have none, and nothing else may break the page. */
export function isGrid(grid: Grid): boolean {
  const { rows, columns, values, shape } = grid;
  const lengths = [rows, columns, values].every((list) => Array.isArray(list) && list.length > 0 && list.length <= MOST);
  return (
    lengths && Array.isArray(shape) && values.length === rows.length &&
    values.every((cells) => Array.isArray(cells) && cells.length === columns.length && cells.every((value) => value === null || typeof value === "number"))
  );
}

function draw<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>, ...children: Node[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

function cell(grid: Grid, most: ReturnType<typeof largest>, row: number, column: number, size: number): SVGRectElement {
  const value = grid.values[row]?.[column] ?? null;
  const marked = row === most.row && column === most.column ? " heat-most" : "";
  const title = draw("title", {});
  title.textContent = `${span(grid.rows, row, grid.shape[0], "row")}, ${span(grid.columns, column, grid.shape[1], "column")}: ${value === 0 ? "agrees" : number(value)}`;
  const place = { x: column * size + 1, y: row * size + 1, width: size - 2, height: size - 2, rx: 2 };
  return draw("rect", { ...place, class: `heat-cell heat-${level(value, most.value)}${marked}` }, title);
}

function scale(most: number | null): HTMLElement {
  const squares = [0, 1, 2, 3, 4, 5].map((one) => draw("rect", { x: one * 12 + 1, y: 1, width: 10, height: 10, rx: 2, class: `heat-cell heat-${one}` }));
  const bar = draw("svg", { viewBox: "0 0 72 12", width: 72, height: 12, "aria-hidden": "true" }, ...squares);
  return make("span", "heat-scale", "agrees", bar, most === null ? "not finite" : number(most));
}

export function heatMap(grid: Grid): HTMLElement {
  const [rows, columns] = [grid.rows.length, grid.columns.length];
  const size = columns > 10 ? 14 : 18;
  const words = heatWords(grid);
  const most = largest(grid);
  const cells = grid.rows.flatMap((_, row) => grid.columns.map((_start, column) => cell(grid, most, row, column, size)));
  const map = draw("svg", { viewBox: `0 0 ${columns * size} ${rows * size}`, width: columns * size, height: rows * size, role: "img", "aria-label": `Map of the differences. ${words}`, class: "heat-map" }, ...cells);
  const axes = `${grid.shape[0]} rows down, ${grid.shape[1]} column${grid.shape[1] === 1 ? "" : "s"} across`;
  return make("figure", "heat", map, make("figcaption", "", make("span", "heat-title", "|got − wanted|"), make("span", "", words), make("span", "muted", axes), scale(most.value)));
}
