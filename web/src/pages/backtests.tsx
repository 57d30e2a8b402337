// How past findings did, class by class, and how the ranking of directions did.
import { useApi } from "../api";
import { linkTo } from "../location";
import { countText, numberText, percentText } from "../numbers";
import { Dated } from "../parts/dated";
import { Answered, Table } from "../parts/page";
import { Shares, SharesLegend } from "../parts/shares";
import { rateInterval } from "../parts/track";
import type { Answers, ClassData, Track } from "../types";
import { lang, named, t } from "../words";
import { RecordSection } from "./directions_record";

export default function Backtests({ query }: { query: URLSearchParams }) {
  const asOf = query.get("as_of");
  const page = useApi<Answers["records"]>("/records", { as_of: asOf, lang: lang() });
  return (
    <>
      <h1>{t("backtests.title")}</h1>
      <p class="soft">{t("backtests.lead")}</p>
      <Answered of={page}>
        {(data) => (
          <>
            {data.origins.length === 0 ? (
              <p class="notice">{t("backtests.none")}</p>
            ) : (
              <p>
                <Dated
                  text={t("backtests.origins", {
                    n: data.origins.length,
                    first: data.origins[0] ?? "",
                    last: data.origins.at(-1) ?? "",
                  })}
                />
              </p>
            )}
            <Scored
              of={data.classes.filter(({ record }) => record.state === "scored")}
              origins={data.origins}
            />
            <Untold of={data.classes.filter(({ record }) => record.state !== "scored")} />
            <RecordSection asOf={asOf} title={t("backtests.directions")} />
            <p>
              <a href={linkTo("/directions")}>{t("backtests.to_directions")}</a>
            </p>
          </>
        )}
      </Answered>
    </>
  );
}

const STANDINGS = ["no_better", "worse"];

/** What no column says; when a class was asked is told where it is not when all were. */
function partsOf(record: Track, origins: string[]): string {
  const [when, , ...rest] = record.parts;
  const isUsual = record.origins.join() === origins.join();
  return (isUsual ? rest : [when, ...rest]).join(lang() === "zh" ? "；" : "; ");
}

function Scored({ of, origins }: { of: ClassData[]; origins: string[] }) {
  if (of.length === 0) return null;
  return (
    <section>
      <h2>{t("backtests.scored")}</h2>
      <SharesLegend of={t("backtests.right")} against={t("backtests.others")} />
      <Table
        caption={t("backtests.scored_caption")}
        rows={of}
        keyOf={(one) => one.kind}
        columns={[
          { name: t("backtests.kind"), cell: (one) => named("kind", one.kind) },
          { name: t("backtests.test"), isLong: true, cell: Test },
          {
            name: t("backtests.drawn"),
            cell: ({ record }) => (
              <Shares
                of={{ value: record.rate, lower: record.lower, upper: record.upper }}
                against={{ value: record.base_rate, lower: null, upper: null }}
              />
            ),
          },
          {
            name: t("backtests.right"),
            isNumber: true,
            cell: ({ record }) => (
              <>
                <b>{record.rate === null ? t("app.none") : percentText(record.rate)}</b>{" "}
                <span class="nowrap">({rateInterval(record)})</span>
              </>
            ),
          },
          {
            name: t("backtests.others"),
            isNumber: true,
            cell: ({ record }) =>
              record.base_rate === null ? t("app.none") : percentText(record.base_rate),
          },
          {
            name: t("backtests.judged"),
            isNumber: true,
            cell: ({ record }) => countText(record.n),
          },
          {
            name: t("backtests.alone"),
            isNumber: true,
            cell: ({ record }) => countText(record.n_cases),
          },
          {
            name: t("backtests.wrong"),
            isNumber: true,
            cell: ({ record }) =>
              record.false_alarms === null ? t("app.none") : numberText(record.false_alarms),
          },
          {
            name: t("backtests.tells"),
            isLong: true,
            cell: ({ record }) => (
              <>
                <span class={STANDINGS.includes(record.standing ?? "") ? "warn" : undefined}>
                  {record.standing_text || t("backtests.no_others")}
                </span>
                <div class="small soft">
                  <Dated text={partsOf(record, origins)} />
                </div>
              </>
            ),
          },
        ]}
      />
      <p class="small soft">{t("backtests.notes")}</p>
    </section>
  );
}

const Test = ({ record }: ClassData) => <>{named("test", record.test)}</>;

function Untold({ of }: { of: ClassData[] }) {
  if (of.length === 0) return null;
  return (
    <section>
      <h2>{t("backtests.untold")}</h2>
      <dl class="pairs">
        {of.map(({ kind, record }) => [
          <dt key={kind}>{named("kind", kind)}</dt>,
          <dd key={`${kind} text`}>
            <Dated text={record.text} />
          </dd>,
        ])}
      </dl>
    </section>
  );
}
