// A direction on one page that prints on a sheet: the case, who is there, what would prove it wrong.
import { useApi } from "../api";
import { linkTo } from "../location";
import { numberText, percentText } from "../numbers";
import { DecisionsTable } from "../parts/decisions";
import { Gaps, Holders } from "../parts/features";
import { Claimed, EstimateFigure } from "../parts/figure";
import { Answered, Table } from "../parts/page";
import { SegmentChoice, useSegment } from "../parts/segment_choice";
import type { Answers, Brief as BriefPage } from "../types";
import { called, joined, lang, metricTitle, named, periodText, t } from "../words";
import { Terms } from "./directions";
import { EntryTable } from "./directions_record";
import { bandText, stabilityText } from "./directions_table";

const PERCENT = ["growth", "retention", "pressure"];

export default function Brief({ query }: { query: URLSearchParams }) {
  const segment = useSegment(query.get("segment"));
  const page = useApi<Answers["brief"]>(segment ? `/briefs/${encodeURIComponent(segment)}` : null, {
    as_of: query.get("as_of"),
    lang: lang(),
  });
  const title = (data: BriefPage) => (lang() === "zh" && data.title_zh) || data.title;
  const heading = page.answer ? title(page.answer.data) : "";
  return (
    <div class="brief">
      <p class="small soft">{t("brief.kind")}</p>
      <h1>{heading || t("brief.kind")}</h1>
      <div class="row unprinted">
        <SegmentChoice chosen={segment} />
        <button type="button" class="button" onClick={() => print()}>
          {t("briefs.print")}
        </button>
      </div>
      <Answered of={page}>{(data) => <Sheet of={data} />}</Answered>
    </div>
  );
}

function Sheet({ of }: { of: BriefPage }) {
  const { place } = of;
  return (
    <>
      {of.is_simulated && (
        <p class="notice">
          <strong>{t("brief.simulated")}</strong>
        </p>
      )}
      <p>
        {place
          ? t("brief.placed", {
              place: place.place,
              total: of.n_ranked,
              band: bandText(place.band),
              first: percentText(place.p_first),
            })
          : t("brief.unplaced")}
      </p>
      <div class="sheet">
        <section>
          <h2>{t("brief.case")}</h2>
          <Terms terms={Object.values(of.terms)} />
        </section>
        <section>
          <h2>{t("brief.there")}</h2>
          <Members of={of} />
        </section>
        <section>
          <h2>{t("feature.heading")}</h2>
          <Holders of={of.features} />
          <p class="unprinted">
            <a href={linkTo("/features", { segment: of.segment })}>{t("briefs.features")}</a>
          </p>
          <h3>{t("feature.gaps")}</h3>
          <Gaps of={of.features} />
        </section>
        <section>
          <h2>{t("brief.giants")}</h2>
          {of.entry ? <EntryTable of={of.entry} /> : <p>{t("missing.no_giants")}</p>}
        </section>
        <section>
          <h2>{t("brief.wrong")}</h2>
          <Wrong of={of} />
        </section>
        <section>
          <h2>{t("brief.watch")}</h2>
          {of.findings.length === 0 && <p>{t("brief.watch_none")}</p>}
          <ul>
            {of.findings.map((finding) => (
              <li key={finding.finding_id}>
                <Claimed id={finding.finding_id} what={called(finding.name)}>
                  {finding.text}
                </Claimed>
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2>{t("decision.heading")}</h2>
          {of.decisions.decisions.length === 0 && <p>{t("decision.none")}</p>}
          {of.decisions.decisions.length > 0 && <DecisionsTable of={of.decisions.decisions} />}
          <p class="unprinted">
            <a href={linkTo("/decisions", { about: of.segment })}>{t("briefs.decide")}</a>
          </p>
        </section>
      </div>
    </>
  );
}

function Members({ of }: { of: BriefPage }) {
  const metric = metricTitle(of.headline);
  const first = of.members[0];
  if (!first) return <p>{t("brief.there_none", { metric, n: of.n_members })}</p>;
  return (
    <>
      <p class="small soft">
        {t("brief.there_of", {
          shown: of.members.length,
          n: of.n_members,
          metric,
          period: periodText(first.estimate.period),
        })}
      </p>
      <Table
        rows={of.members}
        keyOf={({ estimate }) => estimate.entity}
        columns={[
          {
            name: t("brief.name"),
            cell: ({ estimate: e }) => (
              <a href={linkTo("/entity", { id: e.entity })}>{called(e.name)}</a>
            ),
          },
          { name: t("directions.place"), isNumber: true, cell: ({ place }) => place },
          {
            name: t("brief.level"),
            isLong: true,
            cell: ({ estimate }) => <EstimateFigure of={estimate} />,
          },
        ]}
      />
    </>
  );
}

/** Later figures that would speak against the direction, and what nothing tests yet. */
function Wrong({ of }: { of: BriefPage }) {
  const limitText = (term: string, limit: number) =>
    numberText(limit, PERCENT.includes(term) ? "percent" : "");
  return (
    <>
      <ul>
        {of.disproofs.map(({ term, side, limit }) => {
          const values = { term: named("term", term), limit: limitText(term, limit) };
          return (
            <li key={term}>
              {side === "below" ? t("brief.wrong_below", values) : t("brief.wrong_above", values)}
            </li>
          );
        })}
        {of.without.length > 0 && (
          <li>
            {t("directions.stability")}: {stabilityText(of.without, of.segment)}
          </li>
        )}
      </ul>
      {of.untested.length > 0 && (
        <p class="small">
          {t("brief.untested", {
            terms: joined(of.untested.map((term) => named("term", term.name))),
          })}
        </p>
      )}
    </>
  );
}
