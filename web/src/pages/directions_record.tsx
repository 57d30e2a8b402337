// How the ranking of directions did, and where giants are.
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { segmentTitle, titleOf, useMarket } from "../market";
import { Dated } from "../parts/dated";
import { openTrail } from "../parts/figure";
import { Table } from "../parts/page";
import { sinceText } from "../parts/since";
import type { Answers, DirectionsRecord, EntryPage } from "../types";
import { called, joined, named, t } from "../words";

interface RecordSectionProps {
  asOf: string | null;
  /** Where the section stands on a page about more than directions. */
  title?: string;
}

export function RecordSection({ asOf, title }: RecordSectionProps) {
  const page = useApi<Answers["directions_record"]>("/directions/record", { as_of: asOf });
  return (
    <section>
      <h2>{title ?? t("directions.record")}</h2>
      <p class="small soft">{t("directions.record_lead")}</p>
      {page.problem && <p class="warn">{page.problem.message}</p>}
      {!page.answer && !page.problem && <p class="soft">{t("app.loading")}</p>}
      {page.answer && <RecordTable of={page.answer.data.record} />}
    </section>
  );
}

const digits = (value: number | null): string => value?.toFixed(2) ?? t("app.none");

function RecordTable({ of }: { of: DirectionsRecord }) {
  const dates = of.dates.map((day, at) =>
    t("directions.record_day", { day, count: of.counts[at] ?? 0 }),
  );
  const asked = dates.length > 0 && (
    <p class="small soft">
      <Dated text={t("directions.record_asked", { days: joined(dates) })} />
    </p>
  );
  if (of.ways.length === 0) {
    return (
      <>
        <p>{t("directions.record_few", { needed: of.n_needed, count: of.n })}</p>
        {asked}
      </>
    );
  }
  return (
    <>
      <WaysTable of={of} />
      {asked}
    </>
  );
}

function WaysTable({ of }: { of: DirectionsRecord }) {
  return (
    <Table
      caption={t("directions.record_n", { n: of.n, blocks: of.n_blocks })}
      rows={of.ways}
      keyOf={(way) => way.way}
      columns={[
        { name: t("directions.way"), cell: (way) => named("way", way.way) },
        {
          name: t("directions.correlation"),
          isNumber: true,
          cell: ({ correlation: c }) =>
            t("interval.point", {
              value: digits(c.value),
              low: digits(c.lower),
              high: digits(c.upper),
            }),
        },
        { name: t("directions.first_came"), isNumber: true, cell: (way) => way.first.toFixed(2) },
      ]}
    />
  );
}

interface EntrySectionProps {
  asOf: string | null;
  segment: string | null;
}

export function EntrySection({ asOf, segment }: EntrySectionProps) {
  const market = useMarket();
  const real = (market?.segments ?? []).filter((one) => !one.is_simulated);
  const chosen = segment ?? real[0]?.id ?? null;
  const page = useApi<Answers["entry"]>(chosen ? `/entry/${encodeURIComponent(chosen)}` : null, {
    as_of: asOf,
  });
  const data = page.answer?.data;
  return (
    <section>
      <h2>{t("directions.entry")}</h2>
      <p class="small soft">{t("directions.entry_lead")}</p>
      <label class="field">
        <span>{t("directions.segment")}</span>
        <select
          value={chosen ?? ""}
          onChange={(event) => go(linkHere({ segment: event.currentTarget.value }))}
        >
          {real.map((one) => (
            <option key={one.id} value={one.id}>
              {titleOf(one)}
            </option>
          ))}
        </select>
      </label>
      {!data && <p class="soft">{page.problem ? page.problem.message : t("app.loading")}</p>}
      {data && <EntryTable of={data} />}
      {data && <GiantMap of={data} />}
    </section>
  );
}

/** Each entry of a giant, and what became of those who were there. */
export function EntryTable({ of }: { of: EntryPage }) {
  const nameOf = (id: string) => called(of.names[id] ?? id);
  if (of.outcomes.length === 0) return <p>{t("directions.no_entries")}</p>;
  return (
    <Table
      rows={of.outcomes}
      keyOf={({ entry }) => `${entry.giant} ${entry.evidence.entity}`}
      columns={[
        {
          name: t("directions.giant"),
          cell: ({ entry }) => (
            <a href={linkTo("/entity", { id: entry.giant })}>{nameOf(entry.giant)}</a>
          ),
        },
        {
          name: t("directions.product"),
          cell: ({ entry }) => (
            <a href={linkTo("/entity", { id: entry.evidence.entity })}>
              {nameOf(entry.evidence.entity)}
            </a>
          ),
        },
        {
          name: t("directions.entered"),
          cell: ({ entry }) => (
            <button
              type="button"
              class="figure"
              aria-haspopup="dialog"
              onClick={() => openTrail(entry.evidence.claim_ids[0] ?? "")}
              title={t("trail.open", { what: nameOf(entry.giant) })}
            >
              <Dated text={sinceText(entry.evidence)} />
            </button>
          ),
        },
        {
          name: t("directions.incumbents"),
          isLong: true,
          cell: ({ incumbents }) =>
            incumbents.length === 0
              ? t("app.none")
              : joined(
                  incumbents.map(
                    (one) => `${nameOf(one.evidence.entity)} (${named("fate", one.fate)})`,
                  ),
                ),
        },
      ]}
    />
  );
}

/** Who is where: a row a giant, a column a segment. */
function GiantMap({ of }: { of: EntryPage }) {
  const market = useMarket();
  const found = new Map(of.entries.map((one) => [`${one.giant} ${one.segment}`, one]));
  const giants = of.giants.filter((giant) => of.entries.some((one) => one.giant === giant));
  return (
    <Table
      caption={t("directions.entry")}
      rows={giants}
      keyOf={(giant) => giant}
      columns={[
        { name: t("directions.giant"), cell: (giant) => called(of.names[giant] ?? giant) },
        ...of.segments.map((segment) => ({
          name: segmentTitle(market, segment),
          cell: (giant: string) => {
            return sinceText(found.get(`${giant} ${segment}`)?.evidence ?? null);
          },
        })),
      ]}
    />
  );
}
