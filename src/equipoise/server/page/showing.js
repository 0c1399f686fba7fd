// Putting what the server found into the page. Words come from the server; `**` sets off what matters most.
// @ts-check

/** @param {string} id @returns {any} */
export const at = (id) => document.getElementById(id);

/** @param {string} tag @param {Record<string, any>} [given] @param {(Node | string)[]} inside @returns {any} */
export function made(tag, given = {}, ...inside) {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...inside);
  return node;
}

/** Text in which every second part between `**` is set off. @param {Element} node @param {string} text */
export function rich(node, text) {
  node.replaceChildren(...text.split("**").map((part, place) => (place % 2 ? made("b", {}, part) : part)));
}

/** @param {string} text */
export const plain = (text) => text.replaceAll("**", "");

/** @param {any} shown @param {(path: string) => void} takeBack */
export function showWords(shown, takeBack) {
  rich(at("lead"), shown.lead);
  rich(at("beneath"), shown.beneath.join(" "));
  rich(at("strip"), shown.strip);
  at("hundred-title").textContent = `A hundred futures under ${shown.best}`;
  at("rests").textContent = shown.rests;
  at("command").textContent = shown.command;
  at("block").textContent = shown.block;
  at("held").textContent = shown.held;
  at("block-part").hidden = !shown.block;
  at("changes").replaceChildren(...shown.changes.map((/** @type {any} */ change) => {
    const off = made("button", { type: "button", onclick: () => takeBack(change.path) }, "✕");
    off.setAttribute("aria-label", `Take back: ${change.says}`);
    return made("li", { title: `now ${change.now}; as written ${change.was}` }, change.says, " ", off);
  }));
}

/** @param {string} id @param {{heads: string[], rows: string[][], note: string} | null} table */
export function showTable(id, table) {
  if (!table) return;
  const cell = (/** @type {string} */ text, /** @type {number} */ place) =>
    place ? made("td", {}, text) : made("th", { scope: "row" }, text);
  at(id).tHead.replaceChildren(made("tr", {}, ...table.heads.map((text) => made("th", { scope: "col" }, text))));
  at(id).tBodies[0].replaceChildren(...table.rows.map((row) => made("tr", {}, ...row.map(cell))));
  at(`${id}-note`).textContent = table.note;
}

/** @param {any[]} orders @param {boolean} changed @param {string} against */
export function showOrders(orders, changed, against) {
  for (const key of ["now", "was"]) {
    const squares = orders.flatMap((order) =>
      Array.from({ length: order[key] }, () => made("i", { className: `o-${order.tone}` })));
    const held = made("span", { className: "squares" }, ...squares);
    held.setAttribute("aria-hidden", "true");
    at(`hundred-${key}`).replaceChildren(held);
  }
  at("hundred-was-part").hidden = !changed;
  at("hundred-was-name").textContent = against[0].toUpperCase() + against.slice(1);
  at("orders").replaceChildren(...orders.map((order) => {
    const was = changed && order.was !== order.now ? [made("span", { className: "quiet" }, ` was ${order.was}`)] : [];
    return made("li", {}, made("i", { className: `o-${order.tone}` }), `${order.says}: `, made("b", {}, order.now), ...was);
  }));
}

/** @type {Promise<any> | undefined} */
let vega;

/** @param {any} found */
export function showWhy(found) {
  rich(at("why-says"), found.says);
  at("back-list").replaceChildren(...found.back.map((/** @type {string} */ text) => {
    const item = made("li");
    rich(item, text);
    return item;
  }));
  at("why").hidden = false;
  return showFigures([found.figure], null);
}

/** Load Vega, once it is first needed: it is large. */
function drawer() {
  vega ??= new Promise((done, failed) => {
    const script = made("script", { src: "page/vega.js" });
    script.addEventListener("load", () => done(/** @type {any} */ (globalThis).vegaEmbed));
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  return vega;
}

/** What is drawn, by figure: the chart without its rows as text, and Vega's view of it. @type {Map<string, {chart: string, view: any}>} */
const drawings = new Map();

/**
 * Draw the figures; each has its title, caption and ways to keep it. A chart that is there already takes other rows.
 * @param {any[]} figures @param {string | null} address
 */
export async function showFigures(figures, address) {
  const embed = await drawer();
  for (const figure of figures) {
    const place = /** @type {HTMLElement} */ (document.querySelector(`[data-figure="${figure.key}"]`));
    place.closest(".card")?.removeAttribute("hidden");
    const title = document.querySelector(`[data-title="${figure.key}"]`);
    if (title) title.textContent = figure.title;
    const drawn = (await refilled(figure, place)) ?? (await newlyDrawn(figure, embed));
    drawn.setAttribute("aria-label", `${figure.title}. ${figure.description}`);
    const links = address === null ? [] : [kept(figure.key, address)];
    place.replaceChildren(drawn, made("p", { className: "caption" }, figure.caption), ...links);
  }
}

/** The figure as it stands, with other rows; nothing where it has to be drawn anew. @param {any} figure @param {HTMLElement} place */
async function refilled(figure, place) {
  const there = drawings.get(figure.key);
  const node = place.querySelector("[role=img]");
  if (!figure.rows || !node || there?.chart !== JSON.stringify(figure.chart)) return null;
  there.view.data("rows", structuredClone(figure.rows));
  await there.view.runAsync();
  unsized(node);
  return node;
}

/** @param {any} figure @param {any} embed */
async function newlyDrawn(figure, embed) {
  const drawn = made("div");
  const chart = figure.rows ? { ...figure.chart, datasets: { rows: figure.rows } } : figure.chart;
  drawings.get(figure.key)?.view.finalize();
  const { view } = await embed(drawn, chart, { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false, logLevel: 1 });
  drawings.set(figure.key, { chart: JSON.stringify(figure.chart), view });
  drawn.setAttribute("role", "img"); // Vega gives it a role of its own
  unsized(drawn);
  return drawn;
}

/** Let a drawing take the width there is. @param {Element} drawn */
function unsized(drawn) {
  const svg = drawn.querySelector("svg");
  svg?.setAttribute("aria-hidden", "true");
  svg?.removeAttribute("width");
  svg?.removeAttribute("height");
}

/** Links that keep a figure. @param {string} key @param {string} address */
function kept(key, address) {
  const link = (/** @type {string} */ ending) =>
    made("a", { href: `api/v1/figures/${key}.${ending}?${address}`, download: `${key}.${ending}` }, ending.toUpperCase());
  return made("p", { className: "export" }, "Keep as ", link("svg"), link("png"), link("csv"));
}
