// Places of segments, as the radar and the page of directions show them.
import { linkTo } from "../location";
import { segmentTitle, useMarket } from "../market";
import { Table } from "../parts/page";
import type { Answers, DirectionPlace, Directions } from "../types";
import { joined, named, t } from "../words";

const FIRST = 5;

export const bandText = ([first, last]: [number, number]): string =>
  first === last ? String(first) : `${first}–${last}`;

/** How a place moves when each source is left out in turn. */
export function stabilityText(without: Directions["without"], segment: string): string {
  const moved = without.flatMap(({ source, places }) =>
    places
      .filter(([id, before, after]) => id === segment && before !== after)
      .map(([, before, after]) =>
        t("directions.moves", { source, before, after: after ?? t("app.none") }),
      ),
  );
  return moved.length > 0 ? joined(moved) : t("directions.stable");
}

export function PlacesTable({ part, group }: { part: Directions; group: DirectionPlace[] }) {
  const market = useMarket();
  return (
    <Table
      rows={group}
      keyOf={(place) => place.segment}
      columns={[
        {
          name: t("directions.segment"),
          cell: (place) => (
            <a href={linkTo("/brief", { segment: place.segment })}>
              {segmentTitle(market, place.segment)}
            </a>
          ),
        },
        { name: t("directions.place"), isNumber: true, cell: (place) => place.place },
        { name: t("directions.band"), isNumber: true, cell: (place) => bandText(place.band) },
        { name: t("directions.score"), isNumber: true, cell: (place) => place.score.toFixed(2) },
        { name: t("directions.first"), isNumber: true, cell: (place) => place.p_first.toFixed(2) },
        {
          name: t("directions.compared_by"),
          cell: (place) => joined(place.terms.map((term) => named("term", term))),
        },
        {
          name: t("directions.stability"),
          isLong: true,
          cell: (place) => stabilityText(part.without, place.segment),
        },
      ]}
    />
  );
}

/** The first five of the ranking, short. */
export function FirstDirections({ data }: { data: Answers["directions"] }) {
  const market = useMarket();
  const places = data.real.groups.flat().slice(0, FIRST);
  if (places.length === 0) return <p>{t("directions.none")}</p>;
  return (
    <Table
      rows={places}
      keyOf={(place) => place.segment}
      columns={[
        {
          name: t("directions.segment"),
          cell: (place) => (
            <a href={linkTo("/directions", { segment: place.segment })}>
              {segmentTitle(market, place.segment)}
            </a>
          ),
        },
        { name: t("directions.band"), isNumber: true, cell: (place) => bandText(place.band) },
        { name: t("directions.score"), isNumber: true, cell: (place) => place.score.toFixed(2) },
        {
          name: t("directions.compared_by"),
          cell: (place) => joined(place.terms.map((term) => named("term", term))),
        },
      ]}
    />
  );
}
