// Sending JSON to our own server, with the token that Django asks for.
import { content } from "./dom";

export interface Answer<T> {
  /** 0 when the server could not be reached, 401 when the session is over. */
  status: number;
  data: T | null;
}

/** The cookie knows of a sign-in in another window; the page's own copy is from when it was loaded. */
function token(): string {
  return /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? content("csrf-token");
}

export async function send<T>(method: "POST" | "PUT", url: string, body: unknown, keepalive = false): Promise<Answer<T>> {
  try {
    const response = await fetch(url, {
      method,
      keepalive,
      redirect: "manual", // a redirect can only be the way to the sign-in page
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
    });
    if (response.type === "opaqueredirect") return { status: 401, data: null };
    const json = response.headers.get("Content-Type")?.includes("json") ?? false;
    return { status: response.status, data: json ? ((await response.json()) as T) : null };
  } catch {
    return { status: 0, data: null };
  }
}
