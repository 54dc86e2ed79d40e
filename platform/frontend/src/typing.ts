// Typing over a selection. The browser would write the styles it finds there into the new text as an inline style, which
// the content security policy refuses and reports; so the editor makes this change itself.
import { EditorView } from "@codemirror/view";

export const typingOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data: text, inputType } = event;
    const { main, ranges } = view.state.selection;
    if (inputType !== "insertText" || !text || view.composing || main.empty || ranges.length > 1) return false;
    event.preventDefault();
    const { from, to } = main;
    const insert = (): ReturnType<typeof view.state.update> =>
      view.state.update({
        changes: { from, to, insert: text },
        selection: { anchor: from + text.length },
        userEvent: "input.type",
        scrollIntoView: true,
      });
    // Others may want this text first: brackets close around a selection.
    const taken = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert));
    if (!taken) view.dispatch(insert());
    return true;
  },
});
