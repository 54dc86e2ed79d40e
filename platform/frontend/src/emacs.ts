// Emacs' keys, in a script of their own: loaded when somebody chooses them.
import { EmacsHandler, emacs } from "@replit/codemirror-emacs";

if (globalThis.gradetape) {
  globalThis.gradetape.keys["emacs"] = (commands) => {
    EmacsHandler.addCommands({ save: commands.save });
    EmacsHandler.bindKey("C-x C-s", "save");
    return emacs();
  };
}
