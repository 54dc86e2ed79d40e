// Whether somebody is at the page: it can be seen and has the focus. A glance at the address bar is no leaving.

/** Milliseconds without the focus that count as being away. */
const GLANCE_MS = 1000;

export class Presence {
  private away = false;
  private since = 0;
  private gone = false;
  /** The way leads to another page of the sitting. */
  private within = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `home`: where all pages of the sitting are. Going on to one of them is no leaving. */
  constructor(
    private readonly home: string,
    private readonly left: (at: number) => void,
    private readonly returned: () => void,
  ) {
    const look = (): void => this.look();
    for (const type of ["blur", "focus"]) addEventListener(type, look);
    document.addEventListener("visibilitychange", look);
    addEventListener("pagehide", () => this.go());
    addEventListener("pageshow", () => {
      this.gone = false; // back, with all as it was
      look();
    });
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (link) this.goesTo(link.target ? "" : link.href);
    });
    document.addEventListener("submit", (event) => {
      const form = event.target instanceof HTMLFormElement ? event.target : null;
      if (form && form.method !== "dialog") this.goesTo(form.action);
    });
    this.look();
  }

  private look(): void {
    if (this.gone) return; // a page that goes is hidden as well
    const hidden = document.visibilityState === "hidden";
    if (!hidden && document.hasFocus()) return this.comeBack();
    this.since ||= Date.now();
    if (hidden) this.leave();
    else this.timer ??= setTimeout(() => this.leave(), GLANCE_MS);
  }

  private comeBack(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.since = 0;
    if (!this.away) return;
    this.away = false;
    this.returned();
  }

  private go(): void {
    this.gone = true;
    if (!this.within) this.leave();
  }

  private leave(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.away) return;
    this.away = true;
    this.left(this.since || Date.now());
  }

  private goesTo(address: string): void {
    this.within = address !== "" && new URL(address, location.href).pathname.startsWith(this.home);
    // Where the page stays after all: it was a download, or the way was broken off.
    if (this.within) setTimeout(() => (this.within = false), 5000);
  }
}
