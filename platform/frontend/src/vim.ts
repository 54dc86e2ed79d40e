// Vim's keys, in a script of their own: loaded when somebody chooses them.
import { Vim, vim } from "@replit/codemirror-vim";

if (globalThis.gradetape) {
  globalThis.gradetape.keys["vim"] = (commands) => {
    Vim.defineEx("write", "w", commands.save);
    Vim.defineEx("run", "run", commands.run);
    Vim.defineEx("submit", "submit", commands.submit);
    return vim({ status: true });
  };
}
