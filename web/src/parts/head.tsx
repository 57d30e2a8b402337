// Head of every page: title, pages, search, time, state of the feeds.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Problem, useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { titleOf, useMarket } from "../market";
import { applyTheme, chosenTheme, type Theme } from "../theme";
import type { Answers, FeedReport } from "../types";
import { lang, t } from "../words";
import { Keys } from "./keys";
import { Search } from "./search";
import { TimeBar } from "./time";

export const PAGES = [
  ["/", "radar", "r"],
  ["/hits", "hits", "n"],
  ["/entity", "entity", "e"],
  ["/league", "league", "l"],
  ["/compare", "compare", "c"],
  ["/flows", "flows", "f"],
  ["/directions", "directions", "d"],
  ["/features", "features", "u"],
  ["/decisions", "decisions", "x"],
  ["/backtests", "backtests", "b"],
  ["/sources", "sources", "s"],
  ["/feeds", "feeds", "h"],
  ["/review", "review", "v"],
] as const;

/** Where a group begins: what is there, what to build, and how far it can be trusted. */
const APART: readonly string[] = ["entity", "directions", "backtests"];

const THEMES: Theme[] = ["auto", "light", "dark"];

interface Props {
  path: string;
  query: URLSearchParams;
  problem: Problem | null;
}

export function Head({ path, query, problem }: Props) {
  const market = useMarket();
  const nav = useRef<HTMLElement>(null);
  // On a phone the pages' names scroll sideways: the present one is in sight.
  useEffect(() => {
    const current = nav.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);
  return (
    <header class="head">
      <div class="bar">
        <a class="brand" href={linkTo("/")}>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path
              d="M4 22h24M7 22v-7l9-8 9 8v7M12 22v-5h8v5"
              fill="none"
              stroke="currentColor"
              stroke-width="2.6"
              stroke-linejoin="round"
            />
          </svg>
          {market ? titleOf(market) : "howdah"}
        </a>
        <nav class="nav" ref={nav} aria-label={t("nav.label")}>
          {PAGES.map(([address, name]) => (
            <a
              key={name}
              href={linkTo(address)}
              class={APART.includes(name) ? "apart" : undefined}
              aria-current={address === path ? "page" : undefined}
            >
              {t(`nav.${name}`)}
            </a>
          ))}
        </nav>
        <Search />
        <Tools />
      </div>
      <TimeBar asOf={query.get("as_of")} states={<FeedStates asOf={query.get("as_of")} />} />
      {problem && <p class="bar warn">{`${t("app.failed")}: ${problem.message}`}</p>}
    </header>
  );
}

function Tools() {
  const [theme, setTheme] = useState(chosenTheme);
  const [said, setSaid] = useState("");
  const market = useMarket();
  const other = lang() === "zh" ? "en" : "zh";
  const pin = async () => {
    const query = new URLSearchParams(location.search);
    const asOf = query.get("as_of") ?? market?.default_as_of ?? "";
    const address = linkHere({ as_of: asOf, lang: lang() });
    go(address, { replace: true });
    await navigator.clipboard?.writeText(location.origin + address).catch(() => undefined);
    setSaid(t("app.pinned"));
    setTimeout(() => setSaid(""), 1800);
  };
  return (
    <div class="tools">
      <button type="button" class="button" onClick={pin} title={t("app.pin_title")}>
        {t("app.pin")}
      </button>
      <a
        class="button"
        href={linkHere({ lang: other })}
        lang={other === "zh" ? "zh-Hans" : "en"}
        title={t("app.language_title")}
      >
        {t("app.language")}
      </a>
      <select
        aria-label={t("app.theme")}
        value={theme}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Theme;
          setTheme(chosen);
          applyTheme(chosen);
        }}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {t(`app.${one}`)}
          </option>
        ))}
      </select>
      <Keys />
      <div class="status" role="status">
        {said}
      </div>
    </div>
  );
}

const BROKEN = ["failing", "never pulled"];

/** How many feeds are healthy, late or broken; quiet ones, ended or not yet begun, are neither. */
function FeedStates({ asOf }: { asOf: string | null }) {
  const { answer } = useApi<Answers["feeds"]>("/feeds", { as_of: asOf });
  const shown = useRef<FeedReport[]>([]);
  useEffect(() => {
    if (answer) shown.current = answer.data.feeds;
  }, [answer]);
  const feeds = answer?.data.feeds ?? shown.current;
  const n = (states: string[]) => feeds.filter((feed) => states.includes(feed.state)).length;
  const counts = [
    ["", "n_healthy", n(["healthy"])],
    ["late", "n_late", n(["late"])],
    ["failing", "n_broken", n(BROKEN)],
  ] as const;
  return (
    <a class="states" href={linkTo("/feeds")}>
      <span class="hidden">{t("app.feeds")}</span>
      {counts.map(([look, word, count]) => (
        <span key={word}>
          <span class={`dot ${look}`} aria-hidden="true" />
          {feeds.length > 0 ? t(`app.${word}`, { n: count }) : "…"}
        </span>
      ))}
    </a>
  );
}
