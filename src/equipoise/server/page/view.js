// What is asked: whose beliefs, which numbers are changed, which ways are added; and its readable address.
// @ts-check

/** @typedef {{beliefs: string | null, changes: Record<string, string>, ways: Record<string, Record<string, number>>}} View */

/** A text in an address; `:`, `[`, `]` and `,` stay as they are, so that people can read it. @param {string} text */
function quoted(text) {
  return encodeURIComponent(text).replace(/%(3A|5B|5D|2C)/g, decodeURIComponent);
}

/** @param {View} view */
export function address(view) {
  const parts = view.beliefs ? [["beliefs", view.beliefs]] : [];
  parts.push(...Object.entries(view.changes));
  for (const [name, shares] of Object.entries(view.ways)) {
    parts.push([`way.${name}`, Object.entries(shares).map(([force, share]) => `${force}:${share}`).join(",")]);
  }
  return parts.map(([key, value]) => `${quoted(key)}=${quoted(value)}`).join("&");
}

/** @returns {View} */
export function asWritten() {
  return { beliefs: null, changes: {}, ways: {} };
}

/**
 * The views somebody went through: undo, redo, history.
 */
export class History {
  /** @param {View} first */
  constructor(first) {
    /** @type {{view: View, says: string}[]} */
    this.steps = [{ view: first, says: "where you began" }];
    this.at = 0;
  }

  get view() {
    return this.steps[this.at].view;
  }

  /**
   * Go on from here; what was undone is forgotten. A step of the same thing (a slider that moves on) takes its place.
   * @param {View} view @param {string} says @param {boolean} replaces
   */
  go(view, says, replaces = false) {
    if (address(view) === address(this.view)) return;
    this.steps.length = this.at + 1;
    if (replaces && this.at > 0 && this.steps[this.at].says === says) this.steps.pop();
    this.steps.push({ view, says });
    this.at = this.steps.length - 1;
  }

  /** @param {number} at */
  to(at) {
    this.at = Math.min(Math.max(at, 0), this.steps.length - 1);
  }
}

/** Put a view into the address, with the scenario it is of. @param {View} view @param {string} scenario */
export function show(view, scenario) {
  const query = address(view);
  const changed = query ? `?${query}&scenario=${scenario.slice(0, 8)}` : location.pathname;
  history.replaceState(null, "", changed);
}
