/** The SQL editor: completion from the catalog, Ctrl Enter to run, Tab to indent, Esc then Tab to leave, and the place of an error underlined. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { PostgreSQL, sql, type SQLNamespace } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
  type DecorationSet,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef, type ReactNode } from "react";

export interface Place {
  readonly line: number;
  readonly column: number;
}

interface EditorProps {
  /** Another id begins with another text; the text of the same id is the editor's own. */
  readonly id: string;
  readonly text: string;
  readonly schema: SQLNamespace;
  readonly mistake: Place | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly onExplain: () => void;
}

const language = new Compartment();
const mark = StateEffect.define<Place | undefined>();

export function Editor(props: EditorProps): ReactNode {
  const { id, schema, mistake } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (place.current === null) return;
    const made = new EditorView({ parent: place.current, state: stateOf(latest) });
    view.current = made;
    return () => made.destroy();
  }, [id]);
  useEffect(() => {
    view.current?.dispatch({ effects: language.reconfigure(sql({ dialect: PostgreSQL, schema })) });
  }, [schema, id]);
  useEffect(() => {
    view.current?.dispatch({ effects: mark.of(mistake) });
  }, [mistake]);
  return <div ref={place} className="editor" />;
}

function stateOf(latest: { readonly current: EditorProps }): EditorState {
  const run = (work: "onRun" | "onExplain") => (): boolean => {
    latest.current[work]();
    return true;
  };
  return EditorState.create({
    doc: latest.current.text,
    extensions: [
      keymap.of([
        { key: "Mod-Enter", run: run("onRun") },
        { key: "Shift-Mod-Enter", run: run("onExplain") },
      ]),
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ icons: false }),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      language.of(sql({ dialect: PostgreSQL, schema: latest.current.schema })),
      syntaxHighlighting(colours),
      mistakes,
      placeholder("select … from …"),
      EditorView.contentAttributes.of({ "aria-label": "SQL statement; Escape, then Tab leaves it" }),
      typing,
      EditorView.cspNonce.of(document.documentElement.dataset["nonce"] ?? ""),
      EditorView.lineWrapping,
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) latest.current.onChange(state.doc.toString());
      }),
    ],
  });
}

/**
 * Puts typed text into the document itself. The browser would do it in the page, and keep the colour of a deleted word in
 * a style of its own, which the policy of the page forbids.
 */
const typing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data } = event;
    if (inputType !== "insertText" || data === null || view.composing) return false;
    const { from, to } = view.state.selection.main;
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert));
    if (!isHandled) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: "var(--keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: tags.number, color: "var(--number)" },
  { tag: [tags.typeName, tags.function(tags.variableName), tags.standard(tags.name)], color: "var(--function)" },
  { tag: tags.comment, color: "var(--dim)" },
]);

/** One underlined word, which goes away with the next change of the text. */
const mistakes = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    const effect = transaction.effects.find((found) => found.is(mark));
    if (effect !== undefined) return underlined(transaction.state, effect.value as Place | undefined);
    return transaction.docChanged ? Decoration.none : shown;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function underlined(state: EditorState, at: Place | undefined): DecorationSet {
  if (at === undefined || at.line > state.doc.lines) return Decoration.none;
  const line = state.doc.line(at.line);
  const from = Math.min(line.to, line.from + at.column - 1);
  const word = state.wordAt(from);
  const to = Math.max(word?.to ?? 0, Math.min(line.to, from + 1));
  return to <= from ? Decoration.none : Decoration.set(Decoration.mark({ class: "mistake" }).range(from, to));
}
