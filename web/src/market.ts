// What every page knows of the market.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Market } from "./types";
import { lang } from "./words";

export const MarketContext = createContext<Market | null>(null);

export const useMarket = (): Market | null => useContext(MarketContext);

/** A title in the language in force. */
export const titleOf = (one: { title: string; title_zh: string }): string =>
  (lang() === "zh" && one.title_zh) || one.title;

export const segmentTitle = (market: Market | null, id: string): string => {
  const segment = market?.segments.find((one) => one.id === id);
  return segment ? titleOf(segment) : id;
};
