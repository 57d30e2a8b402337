// A queue of things to judge, by mouse or by keys: j and k move, 1 to 3 answer.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words";

export interface Choice {
  name: string;
  text: string;
}

interface QueueProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string;
  choices: readonly Choice[];
  /** Judges; what it returns stands at the item from then on. */
  judge: (item: T, choice: string) => Promise<ComponentChildren>;
  children: (item: T) => ComponentChildren;
  /** A choice that needs more before it can be judged, and its form. */
  form?: { choice: string; of: (item: T, save: Saving, cancel: () => void) => ComponentChildren };
}

export type Saving = (judging: () => Promise<ComponentChildren>) => void;

interface Standing {
  isBusy: boolean;
  said: ComponentChildren;
  isDone: boolean;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

export function Queue<T>({ items, keyOf, choices, judge, children, form }: QueueProps<T>) {
  const [at, setAt] = useState(0);
  const [standing, setStanding] = useState<Record<string, Standing>>({});
  const [open, setOpen] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const save = async (key: string, judging: () => Promise<ComponentChildren>) => {
    setOpen(null);
    setStanding((now) => ({ ...now, [key]: { isBusy: true, said: "", isDone: false } }));
    let end: Standing;
    try {
      end = { isBusy: false, said: await judging(), isDone: true };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      end = { isBusy: false, said: t("review.failed", { why }), isDone: false };
    }
    setStanding((now) => ({ ...now, [key]: end }));
  };
  const answer = (item: T, choice: string) => {
    if (form && choice === form.choice) setOpen(keyOf(item));
    else void save(keyOf(item), () => judge(item, choice));
  };
  const move = (to: number) => {
    const next = Math.min(items.length - 1, Math.max(0, to));
    setAt(next);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  const onKey = useRef<(event: KeyboardEvent) => void>(() => undefined);
  onKey.current = (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const item = items[at];
    if (event.key === "j") move(at + 1);
    else if (event.key === "k") move(at - 1);
    else if (item && ["1", "2", "3"].includes(event.key)) {
      const choice = choices[Number(event.key) - 1];
      const now = standing[keyOf(item)];
      if (choice && !now?.isBusy && !now?.isDone) answer(item, choice.name);
    } else return;
    event.preventDefault();
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey.current(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  return (
    <ol class="queue" ref={list}>
      {items.map((item, n) => {
        const key = keyOf(item);
        const now = standing[key];
        return (
          <li
            key={key}
            tabIndex={-1}
            class={n === at ? "now" : undefined}
            onFocusIn={() => setAt(n)}
          >
            {children(item)}
            {!now?.isDone && open !== key && (
              <div class="row">
                {choices.map((choice, number) => (
                  <button
                    key={choice.name}
                    type="button"
                    class="button"
                    disabled={now?.isBusy ?? false}
                    onClick={() => answer(item, choice.name)}
                  >
                    {choice.text} <kbd>{number + 1}</kbd>
                  </button>
                ))}
              </div>
            )}
            {open === key &&
              form?.of(
                item,
                (judging) => void save(key, judging),
                () => setOpen(null),
              )}
            <div role="status" class={now?.isDone ? "good" : "warn"}>
              {now?.isBusy ? t("app.loading") : now?.said}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
