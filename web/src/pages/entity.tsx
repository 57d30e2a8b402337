// All that is known of one entity on a date.
import { useApi } from "../api";
import { linkTo } from "../location";
import { dayOf, numberText } from "../numbers";
import { AudienceSection } from "../parts/audience";
import { Checks, Implied } from "../parts/checks";
import { EstimateFigure, Markings, openTrail, saidText } from "../parts/figure";
import { Followed } from "../parts/followed";
import { keyOf, kindsOf, Latest } from "../parts/latest";
import { NothingHere } from "../parts/nothing_here";
import { Answered, Table } from "../parts/page";
import { Quote } from "../parts/passage";
import { Search } from "../parts/search";
import { SplitSection } from "../parts/split";
import type { Answers, EntityPage, Restatement, Series, Statement } from "../types";
import { called, joined, metricTitle, named, periodText, t } from "../words";

const MOST_SHOWN = 40;

/** Metrics of ads: who has any of them has something to be split. */
const AD_METRICS = ["ad_spend", "ad_creatives", "ad_impressions"];

export default function EntityRoute({ query }: { query: URLSearchParams }) {
  const id = query.get("id");
  if (!id) {
    return (
      <>
        <h1>{t("entity.title")}</h1>
        <p class="soft">{t("entity.choose")}</p>
        <Search id="entity-search" />
      </>
    );
  }
  return <Known id={id} asOf={query.get("as_of")} />;
}

function Known({ id, asOf }: { id: string; asOf: string | null }) {
  const page = useApi<Answers["entity"]>(`/entities/${encodeURIComponent(id)}`, { as_of: asOf });
  if (page.problem?.status === 404) {
    return (
      <NothingHere
        title={t("entity.unknown")}
        text={t("entity.unknown_at", { name: id })}
        asked={id}
      />
    );
  }
  return (
    <Answered of={page}>
      {(data) => {
        const followed = kindsOf(data.series).filter((kind) =>
          kind.some((series) => series.estimates.length > 1),
        );
        const revised = data.series.flatMap((series) =>
          series.revised.map((one) => ({ ...one, series })),
        );
        const ads = data.series.filter((series) => AD_METRICS.includes(series.metric));
        const sections = [
          ["metrics", data.series.length],
          ["revisions", revised.length],
          ["audience", data.audiences.length],
          ["split", ads.length],
          ["events", data.events.length],
          ["apart", data.apart.length],
          ["documents", data.passages.length],
          ["related", data.related.length],
        ] as const;
        return (
          <>
            <EntityHead of={data} />
            <nav aria-label={t("entity.on_page")}>
              <ul class="jump">
                {sections
                  .filter(([, n]) => n > 0)
                  .map(([name, n]) => (
                    <li key={name}>
                      <a href={`#${name}`}>{titleOf(name)}</a> <span class="soft">{n}</span>
                    </li>
                  ))}
              </ul>
            </nav>
            <h2 id="metrics">{t("entity.metrics")}</h2>
            {data.series.length === 0 && <p>{t("entity.nothing")}</p>}
            {data.series.length > 0 && <Latest of={data} />}
            {data.implied.length > 0 && <Implied of={data.implied} />}
            {data.checks.length > 0 && <Checks of={data.checks} />}
            {data.not_stated.length > 0 && (
              <p class="small soft">
                {t("entity.not_stated", { names: joined(data.not_stated.map(metricTitle)) })}
              </p>
            )}
            <div class="measures">
              {followed.map((kind) => (
                <Followed key={kind.map(keyOf).join()} of={kind} entity={data.entity} asOf={asOf} />
              ))}
            </div>
            {revised.length > 0 && <Revisions rows={revised} />}
            {data.audiences.length > 0 && <h2 id="audience">{titleOf("audience")}</h2>}
            {data.audiences.map((audience) => (
              <AudienceSection key={`${audience.feed} ${audience.product}`} of={audience} />
            ))}
            {ads.length > 0 && <SplitSection id={data.entity.canonical_id} asOf={asOf} />}
            {data.events.length > 0 && (
              <>
                <h2 id="events">{t("entity.events")}</h2>
                <Timeline of={data.events} />
              </>
            )}
            {data.apart.length > 0 && (
              <>
                <h2 id="apart">{t("entity.apart")}</h2>
                <p class="small soft">{t("entity.apart_lead")}</p>
                <Timeline of={data.apart} />
              </>
            )}
            {data.passages.length > 0 && (
              <>
                <h2 id="documents">{t("entity.documents")}</h2>
                {data.n_waiting > 0 && (
                  <p class="small soft">
                    <a href={linkTo("/review", { queue: "passages" })}>
                      {t("entity.waiting", { n: data.n_waiting })}
                    </a>
                  </p>
                )}
                {data.passages.slice(0, MOST_SHOWN).map((passage) => (
                  <Quote key={passage.passage_id} of={passage} />
                ))}
              </>
            )}
            {data.related.length > 0 && <Related of={data} />}
          </>
        );
      }}
    </Answered>
  );
}

const HEADINGS: Record<string, string> = {
  audience: "audience.heading",
  split: "split.heading",
};

const titleOf = (name: string): string => t(HEADINGS[name] ?? `entity.${name}`);

function EntityHead({ of }: { of: EntityPage }) {
  const { entity } = of;
  const name = called(entity.name);
  const aliases = entity.aliases.filter((alias) => alias !== name);
  return (
    <header>
      <div class="title">
        <h1>{name}</h1>
        <span class="tag">{named("type", entity.type)}</span>
        {of.owner && entity.parent && (
          <a href={linkTo("/entity", { id: entity.parent })}>
            {t("entity.owner", { name: called(of.owner) })}
          </a>
        )}
        <a href={linkTo("/compare", { entity: entity.canonical_id })}>{t("entity.compare")}</a>
      </div>
      {aliases.length > 0 && (
        <p class="small soft">
          {t("entity.also")}: {joined(aliases)}
        </p>
      )}
    </header>
  );
}

function Revisions({ rows }: { rows: (Restatement & { series: Series })[] }) {
  return (
    <>
      <h2 id="revisions">{t("entity.revisions")}</h2>
      <p class="small soft">{t("entity.revisions_lead")}</p>
      <Table
        rows={rows.slice(0, MOST_SHOWN)}
        keyOf={(one, n) => `${keyOf(one.series)} ${one.source} ${one.period} ${n}`}
        columns={[
          {
            name: t("entity.period"),
            cell: (one) =>
              joined(
                [
                  metricTitle(one.series.metric),
                  called(one.series.object),
                  periodText(one.period),
                ].filter(Boolean),
              ),
          },
          { name: t("entity.source"), cell: (one) => one.source },
          {
            name: t("entity.first"),
            isNumber: true,
            cell: (one) =>
              t("app.bracketed", {
                before: numberText(one.first, one.series.unit, one.series.currency),
                text: dayOf(one.first_published),
              }),
          },
          {
            name: t("entity.now"),
            isNumber: true,
            cell: (one) =>
              t("app.bracketed", {
                before: numberText(one.final, one.series.unit, one.series.currency),
                text: dayOf(one.last_published),
              }),
          },
          {
            name: t("entity.change"),
            isNumber: true,
            cell: (one) =>
              one.first === 0
                ? t("app.none")
                : `${one.final > one.first ? "+" : ""}${numberText((100 * (one.final - one.first)) / one.first)} %`,
          },
        ]}
      />
    </>
  );
}

function Timeline({ of }: { of: Statement[] }) {
  return (
    <ol class="timeline">
      {[...of].reverse().map((s) => (
        <li key={s.claim_id}>
          <time>{periodText(s.period)}</time>
          <button
            type="button"
            class="figure"
            aria-haspopup="dialog"
            onClick={() => openTrail(s.claim_id)}
            title={t("trail.open", { what: metricTitle(s.metric) })}
          >
            <b>{metricTitle(s.metric)}</b>
          </button>{" "}
          {saidText(s)} <Markings of={s} />{" "}
          <span class="soft small">{joined([s.source, dayOf(s.published_at)])}</span>
        </li>
      ))}
    </ol>
  );
}

function Related({ of }: { of: EntityPage }) {
  return (
    <>
      <h2 id="related">{t("entity.related")}</h2>
      <Table
        rows={of.related}
        keyOf={(one) => one.entity.canonical_id}
        columns={[
          {
            name: t("league.name"),
            cell: (one) => (
              <a href={linkTo("/entity", { id: one.entity.canonical_id })}>
                {called(one.entity.name)}
              </a>
            ),
          },
          {
            name: t("entity.related"),
            cell: (one) => one.path.map((step) => named("relation", step)).join(" → "),
          },
          {
            name: t("entity.latest"),
            isLong: true,
            cell: (one) =>
              one.series.flatMap((series) => {
                const last = series.estimates.at(-1);
                if (!last) return [];
                return [
                  <div key={keyOf(series)}>
                    {joined(
                      [
                        metricTitle(series.metric),
                        called(series.object),
                        periodText(last.period),
                      ].filter(Boolean),
                    )}
                    : <EstimateFigure of={last} />
                  </div>,
                ];
              }),
          },
        ]}
      />
    </>
  );
}
