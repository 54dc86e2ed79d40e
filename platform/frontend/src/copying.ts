// Copying to the clipboard, where the browser lets us.
import { notify } from "./notices";

export function copyText(text: string, done: string, otherwise = `This browser does not let us copy. Here it is: ${text}`): void {
  const failed = (): void => notify(otherwise, "running");
  // Without https a browser has no clipboard to offer.
  if (!navigator.clipboard) return failed();
  void navigator.clipboard.writeText(text).then(() => notify(done, "passed"), failed);
}
