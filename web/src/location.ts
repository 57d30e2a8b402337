// The address holds the state: path for the page, query for what is chosen on it.
import { useEffect, useState } from "preact/hooks";

export interface Place {
  path: string;
  query: URLSearchParams;
}

type Changes = Record<string, string | readonly string[] | null>;

const listeners = new Set<() => void>();

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** Parts of an address that stay when the page changes. */
const KEPT = ["as_of", "lang"];

function written(path: string, query: URLSearchParams): string {
  query.sort();
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function changed(query: URLSearchParams, changes: Changes): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    next.delete(key);
    if (value === null || value === "") continue;
    for (const one of typeof value === "string" ? [value] : value) next.append(key, one);
  }
  return next;
}

/** Address of a page of the app, as known on the same date and in the same language. */
export function linkTo(path: string, changes: Changes = {}): string {
  const from = here().query;
  const kept = new URLSearchParams();
  for (const key of KEPT) {
    const value = from.get(key);
    if (value) kept.set(key, value);
  }
  return written(path, changed(kept, changes));
}

/** Address of this page with some of its state changed. */
export function linkHere(changes: Changes): string {
  const { path, query } = here();
  return written(path, changed(query, changes));
}

export function go(address: string, { replace = false } = {}): void {
  if (address === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  for (const listener of listeners) listener();
}

/** The place that is shown; pages are drawn again when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = () => setPlace(here());
    listeners.add(update);
    addEventListener("popstate", update);
    update();
    return () => {
      listeners.delete(update);
      removeEventListener("popstate", update);
    };
  }, []);
  return place;
}

/** Follows links within the app without loading it again. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const anchor = (event.target as Element).closest?.("a");
  const isOurs =
    anchor &&
    anchor.origin === location.origin &&
    !anchor.target &&
    !anchor.hasAttribute("download") &&
    !anchor.pathname.startsWith("/api/") &&
    !anchor.getAttribute("href")?.startsWith("#");
  if (!isOurs) return;
  event.preventDefault();
  const before = location.pathname;
  go(anchor.pathname + anchor.search);
  if (anchor.pathname !== before) {
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}
