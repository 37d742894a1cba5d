// Sorting, filtering, theme and keys. Without it the page still shows everything.
"use strict";

const cellValue = (row, place) => {
  const cell = row.cells[place];
  return cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent.trim();
};

const compare = (a, b, kind) => {
  if (kind === "number") return (Number(a) || 0) - (Number(b) || 0);
  return String(a).localeCompare(String(b));
};

const sortBy = (table, header) => {
  const place = header.cellIndex;
  const kind = header.dataset.sort;
  const first = kind === "number" ? "descending" : "ascending";
  const second = kind === "number" ? "ascending" : "descending";
  const order = header.getAttribute("aria-sort") === first ? second : first;
  for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => sign * compare(cellValue(a, place), cellValue(b, place), kind));
  table.tBodies[0].append(...rows);
};

for (const table of document.querySelectorAll("table.sortable")) {
  for (const header of table.tHead.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, header));
  }
}

const filters = document.getElementById("filters");
const errors = [...document.querySelectorAll("#error-list .error")];
const count = document.getElementById("count");
const countText = count.textContent;
const PAGE = 40;
let room = PAGE;

const isWanted = (error, wanted) => {
  for (const key of ["run", "shared", "layer", "kind"]) {
    if (wanted[key] && error.dataset[key] !== wanted[key]) return false;
  }
  if (wanted.label && !error.dataset.label.split(" ").includes(wanted.label)) return false;
  const text = (wanted.text || "").trim().toLowerCase();
  return !text || error.textContent.toLowerCase().includes(text);
};

const more = document.querySelector(".more");

const showErrors = () => {
  const wanted = Object.fromEntries(new FormData(filters));
  let fit = 0;
  for (const error of errors) {
    const isFit = isWanted(error, wanted);
    fit += isFit;
    error.hidden = !isFit || fit > room;
  }
  const isAll = !Object.values(wanted).some((value) => value);
  const shown = Math.min(room, fit);
  const which = isAll ? countText : `${fit} of ${errors.length} errors`;
  count.textContent = shown < fit ? `${which}, the first ${shown} shown` : which;
  more.hidden = shown === fit;
};

const applyFilters = () => {
  room = PAGE;
  showErrors();
};

const showMore = (number) => {
  room += number;
  showErrors();
};

filters.hidden = false;
document.getElementById("more").addEventListener("click", () => showMore(PAGE));
document.getElementById("all").addEventListener("click", () => showMore(errors.length));
filters.addEventListener("input", applyFilters);
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("reset", () => setTimeout(applyFilters));
for (const link of document.querySelectorAll("[data-filter-kind]")) {
  link.addEventListener("click", () => {
    filters.elements.kind.value = link.dataset.filterKind;
    filters.elements.layer.value = link.dataset.filterLayer;
    applyFilters();
  });
}

showErrors();

const documents = [...document.querySelectorAll("details.document")];
const openTarget = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView();
  }
};
addEventListener("hashchange", openTarget);
openTarget();
document.querySelector(".tools").hidden = false;
document.getElementById("open-all").addEventListener("click", () => documents.forEach((item) => { item.open = true; }));
document.getElementById("close-all").addEventListener("click", () => documents.forEach((item) => { item.open = false; }));

let closed = [];
addEventListener("beforeprint", () => {
  // tables are opened for paper; of documents and errors those are printed that the reader chose to see
  closed = [...document.querySelectorAll("details:not([open]):not(.document)")];
  closed.forEach((item) => { item.open = true; });
});
addEventListener("afterprint", () => closed.forEach((item) => { item.open = false; }));

const move = (step) => {
  let visible = errors.filter((error) => !error.hidden);
  if (!visible.length) return;
  const here = visible.indexOf(document.activeElement.closest(".error"));
  if (step > 0 && here === visible.length - 1 && !more.hidden) {
    showMore(PAGE);
    visible = errors.filter((error) => !error.hidden);
  }
  const next = visible[Math.max(0, Math.min(visible.length - 1, here < 0 ? 0 : here + step))];
  next.focus();
  next.scrollIntoView({ block: "center" });
};

document.querySelector(".keys").hidden = false;
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "/") { event.preventDefault(); filters.elements.text.focus(); }
});

const theme = document.getElementById("theme");
const themes = ["auto", "light", "dark"];
theme.hidden = false;
theme.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme || "auto";
  const next = themes[(themes.indexOf(now) + 1) % themes.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.textContent = `Theme: ${next}`;
});
