// What every page knows of the market.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { lang, type learnMetrics } from "./words";

export interface Segment {
  id: string;
  title: string;
  title_zh: string;
  headline: string;
  is_followed: boolean;
  is_simulated: boolean;
  n_members: number;
}

export interface Market {
  title: string;
  title_zh: string;
  default_as_of: string;
  earliest: string | null;
  latest: string | null;
  ours: string[];
  segments: Segment[];
  metrics: Parameters<typeof learnMetrics>[0];
}

export const MarketContext = createContext<Market | null>(null);

export const useMarket = (): Market | null => useContext(MarketContext);

/** A title in the language in force. */
export const titleOf = (one: { title: string; title_zh: string }): string =>
  (lang() === "zh" && one.title_zh) || one.title;

export const segmentTitle = (market: Market | null, id: string): string => {
  const segment = market?.segments.find((one) => one.id === id);
  return segment ? titleOf(segment) : id;
};
