// Which product has which feature, and what ours lack, as their page and briefs show it.
import { linkTo } from "../location";
import { intervalText, numberText } from "../numbers";
import type { FeatureCell, FeatureHolder, FeaturesData } from "../types";
import { called, joined, lang, named, t } from "../words";
import { Dated } from "./dated";
import { Claimed } from "./figure";
import { Table } from "./page";
import { sinceText } from "./since";

const featureTitle = (of: FeaturesData, id: string): string => {
  const found = of.vocabulary.find((one) => one.id === id);
  return (found && lang() === "zh" && found.title_zh) || found?.title || id;
};

/** The matrix: a row a product, a column a feature, the evidence behind each word. */
export function Matrix({ of }: { of: FeaturesData }) {
  if (of.features.length === 0) return <p>{t("feature.none")}</p>;
  const cells = new Map(of.cells.map((cell) => [`${cell.product} ${cell.feature}`, cell]));
  const nameOf = (id: string) => called(of.names[id] ?? id);
  return (
    <>
      <p class="small soft">
        {t("feature.lead", {
          known: of.products.length,
          total: of.n_products,
          days: of.stale_days,
        })}
      </p>
      <Table
        rows={of.products}
        keyOf={(product) => product}
        columns={[
          {
            name: t("directions.product"),
            cell: (product) => (
              <>
                <a href={linkTo("/entity", { id: product })}>{nameOf(product)}</a>
                {of.ours.includes(product) && <span class="tag">{t("feature.ours")}</span>}
              </>
            ),
          },
          ...of.features.map((feature) => ({
            name: featureTitle(of, feature),
            cell: (product: string) => {
              const cell = cells.get(`${product} ${feature}`);
              return cell ? <Known of={cell} what={featureTitle(of, feature)} /> : <Unknown />;
            },
          })),
        ]}
      />
    </>
  );
}

const Unknown = () => <span class="soft small unknown">{named("featured", "unknown")}</span>;

function Known({ of, what }: { of: FeatureCell; what: string }) {
  const claim = of.claim_ids[0];
  if (!claim) return <Unknown />;
  return (
    <>
      <Claimed id={claim} what={what}>
        <b>{named("featured", of.state)}</b>
      </Claimed>
      {of.since && (
        <div class="small soft">
          <Dated text={sinceText(of.since)} />
        </div>
      )}
      {of.confirmed && (
        <div class="small soft">
          <Dated text={t("features.confirmed", { day: of.confirmed })} />
        </div>
      )}
      {of.is_stale && <span class="tag late">{t("features.stale")}</span>}
      {of.is_disputed && <span class="tag contested">{t("features.disputed")}</span>}
    </>
  );
}

function growthText({ growth }: FeatureHolder): string {
  if (!growth || growth.missing) return "";
  const sign = (growth.value ?? 0) > 0 ? "+" : "";
  return t("features.growth", { growth: `${sign}${intervalText(growth, "percent")}` });
}

const STATES = ["has", "announced", "denied", "had"];

/** The matrix in short: a row a feature, with who has it, who announced it, who is said to lack it. */
export function Holders({ of }: { of: FeaturesData }) {
  if (of.features.length === 0) return <p>{t("feature.none")}</p>;
  const held = (feature: string, state: string) =>
    of.cells.filter((cell) => cell.feature === feature && cell.state === state);
  const states = STATES.filter((state) => of.features.some((one) => held(one, state).length > 0));
  return (
    <Table
      rows={of.features}
      keyOf={(feature) => feature}
      columns={[
        { name: t("feature.feature"), cell: (feature) => featureTitle(of, feature) },
        ...states.map((state) => ({
          name: named("featured", state),
          isLong: true,
          cell: (feature: string) =>
            held(feature, state).map((cell, n) => (
              <span key={cell.product}>
                {n > 0 && t("features.joint")}
                <Claimed id={cell.claim_ids[0] ?? ""} what={featureTitle(of, feature)}>
                  {markedName(of, cell)}
                </Claimed>
              </span>
            )),
        })),
        {
          name: t("feature.unknown"),
          isNumber: true,
          cell: (feature) =>
            of.n_products -
            of.cells.filter((cell) => cell.feature === feature && cell.state !== "unknown").length,
        },
      ]}
    />
  );
}

function markedName(of: FeaturesData, cell: FeatureCell): string {
  const name = called(of.names[cell.product] ?? cell.product);
  if (cell.is_disputed) return t("feature.disputed", { name });
  return cell.is_stale ? t("feature.stale", { name }) : name;
}

/** What others have and ours are not known to have; why not where that cannot be told. */
export function Gaps({ of }: { of: FeaturesData }) {
  const nameOf = (id: string) => called(of.names[id] ?? id);
  if (of.gaps_missing) {
    return <p>{t("features.cannot_tell", { why: named("no_gaps", of.gaps_missing) })}</p>;
  }
  if (of.gaps.length === 0) return <p>{t("feature.no_gaps")}</p>;
  return (
    <Table
      rows={of.gaps}
      keyOf={(gap) => `${gap.own.product} ${gap.own.feature}`}
      columns={[
        { name: t("feature.feature"), cell: (gap) => featureTitle(of, gap.own.feature) },
        { name: t("feature.ours"), cell: (gap) => nameOf(gap.own.product) },
        {
          name: t("feature.state"),
          cell: (gap) => (
            <Known
              of={gap.own}
              what={`${nameOf(gap.own.product)}, ${featureTitle(of, gap.own.feature)}`}
            />
          ),
        },
        {
          name: t("feature.holders"),
          isLong: true,
          cell: (gap) =>
            gap.holders.map((holder) => (
              <div key={holder.cell.product}>
                <Claimed id={holder.cell.claim_ids[0] ?? ""} what={nameOf(holder.cell.product)}>
                  {t("feature.holder", {
                    name: nameOf(holder.cell.product),
                    since: sinceText(holder.cell.since),
                  })}
                </Claimed>{" "}
                <span class="small soft">{growthText(holder)}</span>
                {holder.cell.is_stale && <span class="tag late">{t("features.stale")}</span>}
              </div>
            )),
        },
        {
          name: t("feature.risers"),
          cell: (gap) =>
            t("feature.of", { n: gap.n_risers, total: numberText(gap.holders.length) }),
        },
        {
          name: t("feature.sure"),
          cell: (gap) => (
            <>
              {named("surety", gap.sure)}
              <div class="small soft">{joined(gap.sources)}</div>
            </>
          ),
        },
      ]}
    />
  );
}

/** Features that several brought out one after another. */
export function InARow({ of }: { of: FeaturesData }) {
  const rows = of.spreads.filter((spread) => spread.is_row);
  if (rows.length === 0) return null;
  return (
    <>
      <h2>{t("feature.row")}</h2>
      <ul>
        {rows.map((spread) => (
          <li key={spread.feature}>
            <strong>{featureTitle(of, spread.feature)}</strong>:{" "}
            {t("feature.row_text", {
              n: spread.row.length,
              start: spread.first ?? "",
              end: spread.last ?? "",
              names: joined(spread.row.map((id) => called(of.names[id] ?? id))),
            })}
          </li>
        ))}
      </ul>
    </>
  );
}
