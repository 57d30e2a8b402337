// The frame of every page: who, where, when; what is shown in it is the address's.

import { useEffect } from "preact/hooks";
import { useApi } from "./api";
import { type ComponentType, lazy } from "./lazy";
import { usePlace } from "./location";
import { MarketContext } from "./market";
import { NotFound } from "./pages/not_found";
import { Radar } from "./pages/radar";
import { Head } from "./parts/head";
import { TrailDrawer } from "./parts/trail";
import type { Answers } from "./types";
import { chooseLang, learnMetrics, learnNames, t } from "./words";

export interface PageProps {
  query: URLSearchParams;
}

const PAGES: Record<string, { title: string; page: ComponentType<PageProps> }> = {
  "/": { title: "nav.radar", page: Radar },
  "/entity": { title: "nav.entity", page: lazy(() => import("./pages/entity")) },
  "/league": { title: "nav.league", page: lazy(() => import("./pages/league")) },
  "/compare": { title: "nav.compare", page: lazy(() => import("./pages/compare")) },
  "/flows": { title: "nav.flows", page: lazy(() => import("./pages/flows")) },
  "/directions": { title: "nav.directions", page: lazy(() => import("./pages/directions")) },
  "/brief": { title: "nav.brief", page: lazy(() => import("./pages/brief")) },
  "/features": { title: "nav.features", page: lazy(() => import("./pages/features")) },
  "/decisions": { title: "nav.decisions", page: lazy(() => import("./pages/decisions")) },
  "/sources": { title: "nav.sources", page: lazy(() => import("./pages/sources")) },
  "/feeds": { title: "nav.feeds", page: lazy(() => import("./pages/feeds")) },
  "/findings": { title: "nav.findings", page: lazy(() => import("./pages/findings")) },
  "/hits": { title: "nav.hits", page: lazy(() => import("./pages/hits")) },
  "/backtests": { title: "nav.backtests", page: lazy(() => import("./pages/backtests")) },
  "/review": { title: "nav.review", page: lazy(() => import("./pages/review")) },
};

export function App() {
  const { path, query } = usePlace();
  const language = chooseLang(query);
  const market = useApi<Answers["market"]>("/market");
  if (market.answer) learnMetrics(market.answer.data.metrics);
  const names = useApi<Answers["names"]>(language === "zh" ? "/names" : null);
  if (names.answer) learnNames(names.answer.data.names);
  // Names that change before the eyes are worse than a page that comes a moment later.
  const areNamesKnown = language !== "zh" || names.answer !== null || names.problem !== null;
  const found = PAGES[path];
  const title = t(found?.title ?? "app.not_found");
  const name = market.answer?.data.title ?? "howdah";
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  const Page = found?.page;
  return (
    <MarketContext.Provider value={market.answer?.data ?? null}>
      <a class="skip" href="#main">
        {t("app.skip")}
      </a>
      <Head path={path} query={query} problem={market.problem} />
      <main id="main" tabIndex={-1} key={language}>
        {areNamesKnown && (Page ? <Page query={query} /> : <NotFound path={path} />)}
      </main>
      <TrailDrawer id={query.get("trail")} asOf={query.get("as_of")} />
    </MarketContext.Provider>
  );
}
