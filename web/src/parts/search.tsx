// One box over everything that has a name, in any script.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useApi } from "../api";
import { go, linkTo } from "../location";
import type { Answers, Entity } from "../types";
import { called, named, t } from "../words";

export type Found = Pick<Entity, "canonical_id" | "name" | "type"> & { matched?: string };

const PAUSE_MS = 120;

interface Props {
  id?: string;
  label?: string;
  onChoose?: (entity: Found) => void;
}

/** A combobox after the ARIA pattern: arrows move, Enter chooses, Escape closes. */
export function Search({
  id = "search",
  label = t("app.search"),
  onChoose = (entity) => go(linkTo("/entity", { id: entity.canonical_id })),
}: Props) {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [at, setAt] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { answer } = useApi<Answers["search"]>(asked ? "/search" : null, {
    q: asked,
    limit: 12,
  });
  const found = asked && answer ? answer.data.hits : [];
  const isShown = isOpen && asked !== "" && answer !== null;
  // Enter may come before the answer to what was typed last.
  const isFresh = answer?.data.text === text.trim();
  const [isEager, setIsEager] = useState(false);
  const choose = (entity: Found | undefined) => {
    if (!entity) return;
    setText("");
    setAsked("");
    setIsOpen(false);
    setIsEager(false);
    box.current?.blur();
    onChoose(entity);
  };
  useEffect(() => {
    if (isEager && isFresh) choose(found[0]);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && isFresh) choose(found[at]);
    else if (event.key === "Enter") setIsEager(true);
    else if (event.key === "Escape") setIsOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <div class="search">
      <input
        ref={box}
        id={id}
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder={label}
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isShown && found[at] ? `${listId}-${at}` : undefined}
        title={id === "search" ? t("app.search_hint") : undefined}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
          setIsEager(false);
          setIsOpen(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setTimeout(() => setIsOpen(false), 150)}
        onFocus={() => setIsOpen(true)}
      />
      <ul class="found" id={listId} role="listbox" aria-label={label} hidden={!isShown}>
        {found.map((entity, n) => (
          <li
            key={entity.canonical_id}
            id={`${listId}-${n}`}
            role="option"
            aria-selected={n === at}
            onPointerDown={(event) => {
              event.preventDefault();
              choose(entity);
            }}
          >
            <span>
              {called(entity.name)}
              {entity.matched && entity.matched !== called(entity.name) && (
                <span class="soft"> {entity.matched}</span>
              )}
            </span>
            <span class="soft small">{named("type", entity.type)}</span>
          </li>
        ))}
        {isShown && found.length === 0 && (
          <li role="option" aria-selected={false} aria-disabled={true}>
            {t("app.no_match", { text: asked })}
          </li>
        )}
      </ul>
    </div>
  );
}
