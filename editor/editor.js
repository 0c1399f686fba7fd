// The editor of the what-if page: CodeMirror in a shadow root, where its styles need no inline style of the page.
import { autocompletion } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { Compartment } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--now)" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.keyword], color: "var(--takeover)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--quiet)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--bg)", border: "1px solid var(--field)", borderRadius: "6px", height: "32rem", fontSize: "13px" },
  "&.cm-focused": { outline: "3px solid var(--focus)" },
  ".cm-scroller": { fontFamily: "ui-monospace, Menlo, Consolas, monospace" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--bg)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--soft) 45%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--soft)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--soft)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--quiet)" },
  ".cm-panels input, .cm-panels button": { color: "var(--ink)", background: "var(--bg)" },
  "&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine": { backgroundColor: "color-mix(in srgb, var(--settlement) 18%, transparent)" },
  ".cm-deletedChunk": { backgroundColor: "color-mix(in srgb, var(--warn) 14%, transparent)" },
});

/** Place in a text by line and column as the server counts them: characters, not halves of them. */
function placed(doc, line, column) {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return at.from + [...at.text].slice(0, Math.max(column - 1, 0)).join("").length;
}

/**
 * Make an editor in an empty element.
 * @param {HTMLElement} parent
 * @param {{label: string, complete: (text: string, line: number, column: number) => Promise<any>, changed: () => void}} given
 *   complete: what may stand at a cursor, counted from 0; changed: the text is another
 */
export function editor(parent, { label, complete, changed }) {
  const root = parent.attachShadow({ mode: "open" });
  const compared = new Compartment();

  async function offered(context) {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const found = await complete(context.state.doc.toString(), line.number - 1, [...before].length).catch(() => null);
    if (!found?.offers.length || (!context.explicit && !found.word)) return null;
    return {
      from: context.pos - found.word.length, validFor: /^[^\s:,[\]{}#]*$/,
      options: found.offers.map((offer) => ({
        label: offer.text, detail: offer.meaning, type: offer.key ? "property" : "constant",
        apply: offer.key ? `${offer.text}: ` : offer.text,
      })),
    };
  }

  const view = new EditorView({
    root, parent: root,
    extensions: [
      basicSetup, yaml(), syntaxHighlighting(colours), look, lintGutter(), compared.of([]),
      autocompletion({ override: [offered] }),
      EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true" }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  });

  return {
    get value() {
      return view.state.doc.toString();
    },
    set value(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    /** Mark what is wrong in its lines. */
    mark(problems) {
      const { doc } = view.state;
      view.dispatch(setDiagnostics(view.state, problems.filter((one) => one.line).map((one) => {
        const from = placed(doc, one.line, one.column);
        const rest = doc.sliceString(from, doc.lineAt(from).to).match(/^[^,:\]}]*/)?.[0].trimEnd().length ?? 0;
        return { from, to: from + rest, severity: "error", message: one.says };
      })));
    },
    goTo(line) {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: at.from, head: at.to }, effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
      view.focus();
    },
    /** Show the text beside another, or stop showing it so. */
    compare(original) {
      const merged = original === null ? [] : unifiedMergeView({ original, mergeControls: false });
      view.dispatch({ effects: compared.reconfigure(merged) });
    },
  };
}
