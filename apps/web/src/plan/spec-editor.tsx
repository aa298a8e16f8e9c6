import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { PlacedProblem } from './spec-problems.ts';

/** What others may ask of the editor. */
export interface SpecEditorHandle {
  /** Puts the cursor at a place of the text, and shows it. */
  goTo(offset: number): void;
}

interface SpecEditorProps {
  readonly initial: string;
  readonly label: string;
  readonly problems: readonly PlacedProblem[];
  readonly onChange: (text: string) => void;
  readonly handle: Ref<SpecEditorHandle>;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--link)' },
  { tag: tags.comment, color: 'var(--ink-soft)' },
  { tag: [tags.string, tags.content], color: 'var(--ink)' },
  { tag: tags.punctuation, color: 'var(--ink-soft)' },
]);

const look = EditorView.theme({
  '&': { border: '1px solid var(--line-strong)', borderRadius: 'var(--radius)', background: 'var(--ground)', fontSize: '13px' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', minHeight: '20rem', maxHeight: '70vh' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { background: 'var(--ground-soft)', color: 'var(--ink-soft)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'var(--ground-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--focus) 30%, transparent)',
  },
  '.cm-tooltip': { background: 'var(--ground)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
});

/**
 * A text editor for YAML with problems at their places. Tab leaves it, as in any field of a form.
 *
 * It lives in a shadow root: there its library adopts style sheets, where in the document it would write a style element, which the policy of the page refuses.
 */
export function SpecEditor({ initial, label, problems, onChange, handle }: SpecEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  useEffect(() => void (changed.current = onChange), [onChange]);
  useEffect(() => {
    const root = place.current!.shadowRoot ?? place.current!.attachShadow({ mode: 'open' });
    const told = EditorView.updateListener.of((update) => update.docChanged && changed.current(update.state.doc.toString()));
    const editing = [lineNumbers(), history(), drawSelection(), highlightActiveLine(), keymap.of([...defaultKeymap, ...historyKeymap])];
    const language = [yaml(), indentUnit.of('  '), syntaxHighlighting(colours), lintGutter(), look, EditorView.lineWrapping];
    const named = EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' });
    const state = EditorState.create({ doc: initial, extensions: [...editing, ...language, named, told] });
    view.current = new EditorView({ state, parent: root, root });
    return () => view.current?.destroy();
    // The text is the editor's own from then on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const end = editor.state.doc.length;
    const marks = problems.map(({ from, to, field, rule }) => ({
      ...{ from: Math.min(from, end), to: Math.min(to, end) },
      ...{ severity: 'error' as const, message: `${field} ${rule}`.trim() },
    }));
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [problems]);
  useImperativeHandle(handle, () => ({
    goTo(offset) {
      const anchor = Math.min(offset, view.current?.state.doc.length ?? 0);
      view.current?.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.current?.focus();
    },
  }));
  return <div ref={place} className="spec-editor" />;
}
