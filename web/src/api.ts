// Reads and writes of the HTTP API. Answers are kept by address; a page keeps its old answer until
// the new one is there, so that moving through time does not blink.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Meta } from "./types";

export const ROOT = "/api/v1";

export interface Answer<T> {
  data: T;
  meta: Meta;
}

/** What the API says of a request that failed, RFC 9457. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string,
  ) {
    super(title);
  }
}

export type Params = Record<string, string | number | readonly string[] | null | undefined>;

export function addressOf(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(key, String(one));
  }
  const text = query.toString();
  return `${ROOT}${path}${text ? `?${text}` : ""}`;
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  let [title, detail] = [`${response.status} ${response.statusText}`, ""];
  try {
    const problem = (await response.json()) as { title?: string; detail?: string };
    title = problem.title ?? title;
    detail = typeof problem.detail === "string" ? problem.detail : "";
  } catch {
    // No JSON came: the status says it all.
  }
  throw new Problem(response.status, title, detail);
}

const MOST_KEPT = 60;
const kept = new Map<string, Answer<unknown>>();

async function read<T>(address: string, signal: AbortSignal): Promise<Answer<T>> {
  const found = kept.get(address);
  if (found) return found as Answer<T>;
  const headers = { accept: "application/json" };
  const answer = await answerOf<Answer<T>>(await fetch(address, { signal, headers }));
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
  kept.set(address, answer);
  return answer;
}

/** One answer, for what is asked on a click. */
export const fetchAnswer = <T>(path: string, params: Params): Promise<Answer<T>> =>
  read<T>(addressOf(path, params), new AbortController().signal);

/** Forgets all answers: after a judgement any of them may be another. */
export function forget(): void {
  kept.clear();
}

export interface Loading<T> {
  answer: Answer<T> | null;
  problem: Problem | null;
  isLoading: boolean;
  again: () => void;
}

/** The answer of an address; null for none. An old answer of the same `path` stays meanwhile. */
export function useApi<T>(path: string | null, params: Params = {}): Loading<T> {
  const address = path === null ? null : addressOf(path, params);
  const [n, setN] = useState(0);
  const known = address ? (kept.get(address) as Answer<T> | undefined) : undefined;
  const [state, setState] = useState<{
    path: string | null;
    address: string | null;
    answer: Answer<T> | null;
    problem: Problem | null;
  }>({ path, address: known ? address : null, answer: known ?? null, problem: null });
  const current = useRef(address);
  current.current = address;
  useEffect(() => {
    if (address === null) return;
    const control = new AbortController();
    read<T>(address, control.signal)
      .then((answer) => setState({ path, address, answer, problem: null }))
      .catch((error: unknown) => {
        if (control.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(0, String(error), "");
        setState({ path, address, answer: null, problem });
      });
    return () => control.abort();
  }, [address, path, n]);
  const isCurrent = state.address === address;
  const isSamePage = state.path === path;
  return {
    answer: isSamePage ? state.answer : (known ?? null),
    problem: isCurrent ? state.problem : null,
    isLoading: address !== null && !isCurrent,
    again: () => setN(n + 1),
  };
}

function tokenOf(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** Writes: the token of the cookie goes back in a header, which no other site can send. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${ROOT}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": tokenOf("csrf_token") },
    body: JSON.stringify(body),
  });
  forget();
  return answerOf<T>(response);
}
