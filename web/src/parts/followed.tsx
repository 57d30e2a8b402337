// A series with its chart, and what happened beside it.
import { useApi } from "../api";
import { periodEnd } from "../periods";
import type { Answers, Course, Entity, Series } from "../types";
import { called, lang, metricTitle, named, t } from "../words";
import { BandChart } from "./band";
import type { Mark } from "./band_option";

const MOST_EVENTS = 6;

/** What the chart marks: days on which an instrument changed, and what happened to the entity. */
function marksOf({ faults, events }: Course): Mark[] {
  const broken = faults.flatMap((one) =>
    one.valid_to
      ? [{ day: one.valid_to, text: named("cause", "measurement"), isMeasurement: true }]
      : [],
  );
  const happened = events.flatMap((one) => {
    const day = periodEnd(one.period);
    return day ? [{ day, text: metricTitle(one.metric), isMeasurement: false }] : [];
  });
  return [...broken, ...happened.slice(-MOST_EVENTS)];
}

interface FollowedProps {
  /** One, or several that differ in the other party alone. */
  of: Series[];
  entity: Entity;
  asOf: string | null;
}

/** A series with its chart; what happened is asked for beside it and marked once it is known. */
export function Followed({ of, entity, asOf }: FollowedProps) {
  const { metric, definition, unit, currency, object } = of[0] as Series;
  const course = useApi<Answers["series"]>(
    `/entities/${encodeURIComponent(entity.canonical_id)}/series`,
    {
      metric,
      definition,
      unit: currency || unit,
      party: object,
      as_of: asOf,
      lang: lang(),
    },
  );
  return (
    <section class="measure">
      <h3>{metricTitle(metric)}</h3>
      <p class="small soft">
        {[definition || t("definition.unstated"), currency || named("unit", unit)].join(" · ")}
      </p>
      <BandChart
        of={of}
        name={called(entity.name)}
        marks={course.answer ? marksOf(course.answer.data) : []}
      />
    </section>
  );
}
