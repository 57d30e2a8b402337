// Who is next in the market's ranked lists, with what became of such odds before.
import { useApi } from "../api";
import { linkTo } from "../location";
import { segmentTitle, useMarket } from "../market";
import { countText } from "../numbers";
import { CandidateName, Chance, DrawnChance, Leads } from "../parts/candidate";
import { Dated } from "../parts/dated";
import { Answered, Table } from "../parts/page";
import { SegmentFilter } from "../parts/segment_choice";
import { SharesLegend } from "../parts/shares";
import { Analogues, TrackText } from "../parts/track";
import type { Answers, Candidate } from "../types";
import { joined, lang, metricTitle, t } from "../words";

export default function Hits({ query }: { query: URLSearchParams }) {
  const market = useMarket();
  const segment = query.get("segment");
  const page = useApi<Answers["hits"]>("/hits", {
    as_of: query.get("as_of"),
    lang: lang(),
    segment,
  });
  const segments = (market?.segments ?? []).filter((one) => !one.is_simulated);
  return (
    <>
      <h1>{t("hits.title")}</h1>
      <p class="soft">{t("hits.lead")}</p>
      <SegmentFilter chosen={segment} />
      <Answered of={page}>
        {(data) => (
          <>
            <section>
              <h2>{t("hits.record")}</h2>
              <TrackText of={data.record} />
              <p class="small soft">
                {t("hits.calibrated")} {t("hits.beside")}{" "}
                <a href={linkTo("/backtests")}>{t("hits.to_record")}</a>
              </p>
            </section>
            {data.findings.length === 0 && <p class="notice">{t("hits.none")}</p>}
            {listsOf(data.findings, [...segments.map((one) => one.id), ""]).map((list) => (
              <List key={`${list[0]?.segment} ${list[0]?.metric}`} of={list} />
            ))}
            {data.findings.length > 0 && <Without of={data.without} />}
          </>
        )}
      </Answered>
    </>
  );
}

/** The followed segments in which nobody is a candidate. */
function Without({ of }: { of: string[] }) {
  const market = useMarket();
  if (of.length === 0) return null;
  const names = of.map((one) => segmentTitle(market, one));
  return <p class="notice">{t("hits.without", { names: joined(names) })}</p>;
}

/** Candidates by segment, in the market's order, and by the metric of their list. */
function listsOf(found: Candidate[], segments: string[]): Candidate[][] {
  return segments.flatMap((segment) => {
    const own = found.filter((one) => one.segment === segment);
    const metrics = [...new Set(own.map((one) => one.metric))];
    return metrics.map((metric) => own.filter((one) => one.metric === metric));
  });
}

function List({ of }: { of: Candidate[] }) {
  const market = useMarket();
  const [first] = of;
  if (!first) return null;
  const { n_top, n_listed, months } = first.params ?? {};
  const metric = metricTitle(first.metric);
  // What holds for all of a list is said once.
  const common = first.caveats.filter((text) => of.every((one) => one.caveats.includes(text)));
  return (
    <section>
      <h2>
        {first.segment
          ? t("hits.list", { segment: segmentTitle(market, first.segment), metric })
          : metric}
      </h2>
      {common.length > 0 && (
        <p class="small soft">
          <Dated text={t("hits.beware", { what: joined(common) })} />
        </p>
      )}
      <SharesLegend of={t("hits.chance")} against={t("hits.came")} />
      <Table
        caption={t("hits.asked", {
          top: countText(Number(n_top)),
          listed: countText(Number(n_listed)),
          months: Number(months),
        })}
        rows={of}
        keyOf={(one) => one.finding_id}
        columns={[
          { name: t("hits.candidate"), cell: (one) => <CandidateName of={one} /> },
          { name: t("hits.chance"), isLong: true, cell: (one) => <Chance of={one} /> },
          { name: t("backtests.drawn"), cell: (one) => <DrawnChance of={one} /> },
          { name: t("hits.came"), isLong: true, cell: (one) => one.odds.text },
          {
            name: t("hits.place"),
            isNumber: true,
            cell: (one) => countText(Number(one.params?.rank)),
          },
          {
            name: t("hits.when"),
            isNumber: true,
            cell: (one) => one.params?.lead_months ?? t("app.none"),
          },
          { name: t("hits.why"), isLong: true, cell: (one) => <Why of={one} common={common} /> },
        ]}
      />
    </section>
  );
}

function Why({ of, common }: { of: Candidate; common: string[] }) {
  const own = of.caveats.filter((text) => !common.includes(text));
  return (
    <>
      <Leads of={of} />
      {own.length > 0 && (
        <p class="small warn">
          <Dated text={t("hits.beware", { what: joined(own) })} />
        </p>
      )}
      {of.analogues.length > 0 && (
        <details class="small">
          <summary>{t("track.alike")}</summary>
          <Analogues of={of.analogues} />
        </details>
      )}
    </>
  );
}
