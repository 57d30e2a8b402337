// What the API answers. The types in contract.ts are made from what it says of itself; here some
// have the names that pages use.
import type { LeagueData, LeaguePlace } from "./contract";

export type * from "./contract";
export type {
  CountedMeasure as Measure,
  Explanation as Explained,
  Overview as Market,
  TrackRecord as Track,
} from "./contract";

/** Of a long table's later rows the id is not known until it is asked for. */
export type LeagueRow = Omit<LeaguePlace, "estimate"> & {
  estimate: Omit<LeaguePlace["estimate"], "estimate_id"> & { estimate_id: string | null };
};

/** A league table whose page came as rows. */
export type League = Omit<LeagueData, "places" | "columns"> & { places: LeagueRow[] };
