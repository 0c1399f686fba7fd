// The file in the page: what is wrong with it as it is typed, what it changes, and taking it for the situation.
// @ts-check
import { asked } from "./asking.js";
import { at, made } from "./showing.js";

const REST = 350;

/** Show what is wrong, each with its line; a press goes there. @param {Element} list @param {any[]} problems @param {Field} [field] */
export function listProblems(list, problems, field) {
  list.replaceChildren(...problems.map((problem) => {
    const text = problem.line ? `Line ${problem.line}: ${problem.says}` : problem.says;
    if (!field || !problem.line) return made("li", {}, text);
    return made("li", {}, made("button", { type: "button", onclick: () => field.goTo(problem.line) }, text));
  }));
}

/** @typedef {{value: string, goTo: (line: number) => void, mark: (problems: any[]) => void, compare: ((original: string | null) => void) | null}} Field */

/** The plain field as an editor, where none is built in. @param {any} field @param {() => void} changed @returns {Field} */
function plainField(field, changed) {
  field.addEventListener("input", changed);
  return {
    get value() {
      return field.value;
    },
    set value(text) {
      field.value = text;
    },
    goTo(line) {
      const lines = field.value.split("\n");
      const begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      field.focus();
      field.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
      field.scrollTop = (line - 4) * (field.scrollHeight / lines.length);
    },
    mark() {}, // the list below says the same
    compare: null,
  };
}

/** The editor that a release builds in, if it is there; else the plain field. @param {() => void} changed @returns {Promise<Field>} */
async function madeField(changed) {
  const plain = at("text");
  if (!("built" in at("editor").dataset)) return plainField(plain, changed);
  const path = "./codemirror.js";
  const { editor } = await import(path);
  const place = made("div");
  plain.replaceWith(place);
  const complete = (/** @type {string} */ text, /** @type {number} */ line, /** @type {number} */ column) => asked("complete", { text, line, column });
  return editor(place, { label: "The scenario as its file has it", complete, changed });
}

/** Wire the editor; it loads the text when it is first opened. */
export function wireEditing() {
  const [list, said] = [at("text-problems"), at("text-said")];
  /** @type {number | undefined} */ let timer;
  /** @type {Field} */ let field;

  async function check() {
    at("take").disabled = at("text-save").disabled = true;
    const found = await asked("check", { text: field.value }).catch((error) => ({ error }));
    if (found.error) {
      said.textContent = `It was not checked: ${found.error.message}`;
      return;
    }
    listProblems(list, found.problems, field);
    field.mark(found.problems);
    const wrong = found.problems.length;
    said.textContent = wrong ? `${wrong} ${wrong === 1 ? "problem" : "problems"}` : "Nothing is wrong with it.";
    at("text-changes").textContent = found.changes.join("\n");
    at("take").disabled = at("text-save").disabled = wrong > 0;
  }

  async function take(/** @type {boolean} */ save) {
    try {
      const found = await asked("text", { text: field.value, save }, { method: "PUT" });
      listProblems(list, found.problems, field);
      if (!found.problems.length) location.reload();
    } catch (error) {
      said.textContent = /** @type {Error} */ (error).message;
    }
  }

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(check, REST);
  }

  at("editor").addEventListener("toggle", async () => {
    if (!at("editor").open || field) return;
    const [held, made] = await Promise.all([asked("text"), madeField(changed)]);
    field = made;
    field.value = held.text;
    at("text-save").hidden = held.file === null;
    at("text-save").textContent = `Save in ${held.file}`;
    at("text-beside").hidden = field.compare === null;
    at("text-beside").onclick = () => {
      const now = at("text-beside").getAttribute("aria-pressed") !== "true";
      at("text-beside").setAttribute("aria-pressed", String(now));
      field.compare?.(now ? held.text : null);
    };
    await check();
  });
  at("take").onclick = () => take(false);
  at("text-save").onclick = () => take(true);
}

/** Hear when the file was saved: a right text is shown at once, what is wrong stands beside the last answer. @param {string} scenario */
export function wireChanges(scenario) {
  const source = new EventSource("api/v1/changes");
  source.onmessage = (message) => {
    const { problems, scenario: now } = JSON.parse(message.data);
    if (now !== scenario) {
      source.close();
      location.reload();
      return;
    }
    if (problems.length || !at("problems").dataset.address) {
      listProblems(at("problem-list"), problems);
      at("problems").hidden = problems.length === 0;
    }
  };
}
