// Keys of the whole app, and the list of them.
import { useEffect, useRef } from "preact/hooks";
import { go, linkHere, linkTo } from "../location";
import { t } from "../words";
import { PAGES } from "./head";

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName) || target.isContentEditable;
}

const press = (id: string) => document.getElementById(id)?.click();

export function Keys() {
  const list = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    let isGoing = false;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && new URLSearchParams(location.search).has("trail")) {
        go(linkHere({ trail: null }));
        return;
      }
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const page = PAGES.find(([, , key]) => key === event.key);
      if (isGoing && page) go(linkTo(page[0]));
      else if (event.key === "/") document.getElementById("search")?.focus();
      else if (event.key === "[") press("earlier");
      else if (event.key === "]") press("later");
      else if (event.key === "?") list.current?.showModal();
      else if (event.key === "g") {
        isGoing = true;
        return;
      } else return;
      isGoing = false;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const rows: [string, string][] = [
    ["/", t("keys.search")],
    ["[", t("keys.earlier")],
    ["]", t("keys.later")],
    ...PAGES.map(
      ([, name, key]) => [`g ${key}`, t("keys.go", { page: t(`nav.${name}`) })] as [string, string],
    ),
    ["j k", t("keys.next")],
    ["1 2 3", t("keys.judge")],
    ["Esc", t("keys.close")],
    ["?", t("keys.help")],
  ];
  return (
    <>
      <button
        type="button"
        class="button keys"
        aria-label={t("app.keys")}
        title={t("app.keys")}
        onClick={() => list.current?.showModal()}
      >
        ?
      </button>
      <dialog ref={list} aria-label={t("app.keys")}>
        <form method="dialog" class="row">
          <strong>{t("app.keys")}</strong>
          <button type="submit" class="button">
            {t("app.close")}
          </button>
        </form>
        <dl class="pairs">
          {rows.map(([key, text]) => [
            <dt key={key}>
              <kbd>{key}</kbd>
            </dt>,
            <dd key={`${key} text`}>{text}</dd>,
          ])}
        </dl>
        <p class="small">
          <a href="/licences.txt" target="_blank" rel="noopener">
            {t("app.licences")}
          </a>
        </p>
      </dialog>
    </>
  );
}
