// Rows of a league found by name and put in order: what each is compared by is made once a table.
import type { LeagueRow } from "../types";
import { called } from "../words";

const KEYS = {
  place: (row: LeagueRow) => row.place,
  band: (row: LeagueRow) => row.band[0],
  estimate: (row: LeagueRow) => -(row.estimate.value ?? 0),
  interval: (row: LeagueRow) =>
    (row.estimate.upper ?? 0) / (row.estimate.lower || 1) || Number.POSITIVE_INFINITY,
  share: (row: LeagueRow) => -(row.share?.[0] ?? 0),
  first: (row: LeagueRow) => -row.p_first,
  sources: (row: LeagueRow) => -row.estimate.n_sources,
} as const;

export type Sort = keyof typeof KEYS | "name";

/** Rows in their places' order; whoever sorts by a column again finds its order made. */
export class PlacesOrder {
  readonly #rows: readonly LeagueRow[];
  readonly #orders = new Map<Sort, Uint32Array>();
  /** What readers call each row, its name and its id, a line each, in small letters. */
  #texts: string[] | null = null;

  constructor(rows: readonly LeagueRow[]) {
    this.#rows = rows;
  }

  /** Rows whose name or id holds a text, in the order of a column. */
  chosen(text: string, by: Sort, isDown: boolean): LeagueRow[] {
    const wanted = text.trim().toLowerCase();
    const texts = wanted ? this.#folded() : [];
    const found: LeagueRow[] = [];
    for (const n of this.#order(by)) {
      const row = this.#rows[n];
      if (row && (!wanted || texts[n]?.includes(wanted))) found.push(row);
    }
    return isDown ? found.reverse() : found;
  }

  #order(by: Sort): Uint32Array {
    const known = this.#orders.get(by);
    if (known) return known;
    const made = Uint32Array.from(this.#rows.keys());
    if (by === "name") {
      const names = this.#folded();
      made.sort((a, b) => compared(names[a] ?? "", names[b] ?? "") || a - b);
    } else {
      const keys = Float64Array.from(this.#rows, KEYS[by]);
      made.sort((a, b) => compared(keys[a] ?? 0, keys[b] ?? 0) || a - b);
    }
    this.#orders.set(by, made);
    return made;
  }

  #folded(): string[] {
    this.#texts ??= this.#rows.map(({ estimate: e }) =>
      `${called(e.name)}\n${e.name}\n${e.entity}`.toLowerCase(),
    );
    return this.#texts;
  }
}

const compared = <T extends number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
